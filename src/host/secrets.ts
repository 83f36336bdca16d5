import { readFile, stat } from 'node:fs/promises'
import { fail } from '../core/model/problem.ts'
import type { BelayError } from '../core/model/problem.ts'
import { environmentNameSchema, type SecretPlace, secretSchema } from '../protocol/secret.ts'

const secretBytesMax = 64 * 1024

/** Config keys of an access token. `token_env` may be unset: then requests go without one. `token` must be there. */
export const tokenKeys = {
  token: secretSchema.optional().describe('An access token, which must be there. Left out: none is sent.'),
  token_env: environmentNameSchema
    .optional()
    .describe('The same by the name of an environment variable, which may be unset: then none is sent.'),
}

export interface TokenConfig {
  readonly token?: SecretPlace | undefined
  readonly token_env?: string | undefined
}

/** Secrets are read at each use, so that a changed one counts at once, and kept nowhere. */
export interface Secrets {
  /** E_SECRET_MISSING, which names the place alone. */
  read(ref: SecretPlace): Promise<string>
  /** null: none is configured, or `token_env` names a variable that is not set. */
  token(config: TokenConfig): Promise<string | null>
}

export function openSecrets(environment: Readonly<Record<string, string | undefined>>): Secrets {
  const read = async (ref: SecretPlace): Promise<string> => {
    if ('file' in ref) return usable(await readSecretFile(ref.file), `the file ${ref.file}`)
    return usable(environment[ref.env] ?? '', `the environment variable ${ref.env}`)
  }
  return {
    read,
    token: async (config) => {
      if (config.token !== undefined) return await read(config.token)
      const value = config.token_env === undefined ? '' : (environment[config.token_env] ?? '')
      return value.trim() === '' ? null : usable(value, `the environment variable ${config.token_env}`)
    },
  }
}

async function readSecretFile(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > secretBytesMax) throw missing(`the file ${path} is too large for a secret`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') {
      throw missing(`the file ${path} cannot be read (${error.code})`, error)
    }
    throw error
  }
}

/** One line: a line break inside would add a header of its own to a request. */
function usable(text: string, place: string): string {
  const secret = text.trim()
  if (secret === '') throw missing(`${place} is not set or empty`)
  if (/\p{Cc}/u.test(secret)) throw missing(`${place} holds more than one line`)
  return secret
}

function missing(what: string, cause?: unknown): BelayError {
  return fail('E_SECRET_MISSING', `a secret is missing: ${what}`, {
    hint: 'Put the secret there, or change the config to where it is.',
    cause,
  })
}
