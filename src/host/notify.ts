import { z } from 'zod'
import { secretSchema, type SecretPlace } from '../protocol/secret.ts'
import type { Clock } from '../ports/clock.ts'
import type { Poster } from './http/post.ts'
import type { Secrets } from './secrets.ts'

/** What notifiers are made from. */
export interface NotifierDeps {
  readonly poster: Poster
  readonly secrets: Secrets
  readonly clock: Clock
  /** Hosts that may be reached without encryption. */
  readonly allowHttp: readonly string[]
}

const urlSchema = z.url({ protocol: /^https?$/, error: 'write a whole address, beginning with https://' }).max(2000)

/** An address that is no secret by itself, or the place of one that is. */
export const addressSchema = z.union([urlSchema, secretSchema])

export const serverSchema = urlSchema

export async function addressOf(address: string | SecretPlace, secrets: Secrets): Promise<string> {
  return typeof address === 'string' ? address : secrets.read(address)
}
