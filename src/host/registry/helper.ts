import { z } from 'zod'
import { BelayError } from '../../core/model/problem.ts'
import { run } from '../process/run.ts'
import type { RunResult } from '../process/run.ts'
import type { Environment } from './auth-file.ts'
import { helperFailed, helperMissing, helperSilent, helperUnclear } from './failures.ts'

const helperTimeoutMs = 30_000

const answerSchema = z.object({ Username: z.string().max(4096), Secret: z.string().max(64 * 1024) })

export interface HelperAnswer {
  readonly username: string
  readonly secret: string
}

interface HelperQuestion {
  /** `osxkeychain` for docker-credential-osxkeychain. */
  readonly helper: string
  /** What the login is kept under. */
  readonly key: string
  /** The file that names the helper. */
  readonly path: string
  readonly environment: Environment
  readonly signal: AbortSignal
  readonly timeoutMs?: number | undefined
}

/**
 * Asks a credential helper (`docker-credential-X get`, the key on its input, JSON on its output). null: it knows no such
 * login. What it writes is never repeated, whatever happens: it may be the secret.
 */
export async function askHelper(question: HelperQuestion): Promise<HelperAnswer | null> {
  const { key, helper } = question
  const program = `docker-credential-${helper}`
  const result = await runHelper(program, question)
  if (result.code !== 0) {
    if (/credentials not found/i.test(result.stdout)) return null
    throw helperFailed(program, key, result.code)
  }
  const answer = answerSchema.safeParse(parsed(result.stdout))
  if (result.truncated || !answer.success) throw helperUnclear(program, key)
  const { Username: username, Secret: secret } = answer.data
  return secret === '' ? null : { username, secret }
}

async function runHelper(program: string, question: HelperQuestion): Promise<RunResult> {
  const { key, path, environment, signal, timeoutMs = helperTimeoutMs } = question
  try {
    return await run({
      argv: [program, 'get'],
      cwd: '/',
      env: passedOn(environment),
      input: key,
      timeoutMs,
      signal,
      outputBytesMax: 128 * 1024,
    })
  } catch (error) {
    if (!(error instanceof BelayError)) throw error
    if (error.problem.code === 'E_COMMAND_NOT_FOUND') throw helperMissing(program, key, path)
    if (error.problem.code === 'E_TIMEOUT') throw helperSilent(program, key, timeoutMs)
    throw error
  }
}

/** What helpers find their keychain or their cloud account by, besides what every program gets. */
const passedNames =
  /^(?:PATH|HOME|AWS_|AZURE_|CLOUDSDK_|GOOGLE_|GNUPGHOME$|GPG_|PASSWORD_STORE_|DBUS_SESSION_BUS_ADDRESS$|XDG_|DISPLAY$|DOCKER_CONFIG$)/

function passedOn(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value]) =>
    passedNames.test(name) && value !== undefined ? [[name, value] as const] : [],
  )
  return Object.fromEntries(entries)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
