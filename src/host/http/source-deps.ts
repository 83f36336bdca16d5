import type { Platform } from '../../core/release/platform.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Secrets } from '../secrets.ts'
import type { AnswerCache } from './cache.ts'
import type { HttpClient } from './types.ts'

/** What every source over HTTP is made from. `platform` is the one whose assets are chosen. */
export interface SourceDeps {
  readonly http: HttpClient
  readonly cache: AnswerCache
  readonly secrets: Secrets
  readonly clock: Clock
  readonly platform: Platform
}
