import type { Platform } from '../core/release/platform.ts'
import type { AnswerCache } from '../host/http/cache.ts'
import type { HttpClient } from '../host/http/types.ts'
import type { Secrets } from '../host/secrets.ts'
import type { Clock } from '../ports/clock.ts'

/** What adapters are made from. */
export interface AdapterDeps {
  readonly stateDir: string
  readonly clock: Clock
  readonly secrets: Secrets
  readonly platform: Platform
  /** Made at the first request only. */
  readonly http: () => Promise<HttpClient>
  readonly cache: () => Promise<AnswerCache>
  /** Hosts that may be reached over plain http, as in `agent.allow_http`. */
  readonly allowHttp: readonly string[]
  /** Where logins are found that other programs keep. */
  readonly environment: Readonly<Record<string, string | undefined>>
}
