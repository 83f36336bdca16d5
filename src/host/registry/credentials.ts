import { z } from 'zod'
import type { ImageReference } from '../../core/image/reference.ts'
import type { RegistryAuth } from '../../ports/source.ts'
import { secretSchema } from '../../protocol/secret.ts'
import type { Secrets } from '../secrets.ts'
import { authFilePaths, readAuthFile } from './auth-file.ts'
import type { AuthFile, Environment, FileAuth } from './auth-file.ts'
import { fileInvalid } from './failures.ts'
import { askHelper } from './helper.ts'

export type { RegistryAuth }

/** Config keys of a login. The name is no secret and may stand there itself. */
export const loginKeys = {
  username: z
    .union([z.string().min(1).max(256), secretSchema])
    .optional()
    .describe('The user of the registry. Left out: what docker login or podman login left, else nobody.'),
  password: secretSchema.optional().describe('The password or token of that user; both or neither.'),
}
const loginSchema = z.object(loginKeys)
export type Login = z.infer<typeof loginSchema>

export interface LoginPlaces {
  readonly secrets: Secrets
  readonly environment: Environment
  readonly helperTimeoutMs?: number
}

type Place = Pick<ImageReference, 'host' | 'repository'>

/**
 * The login for an image: the config's own, else what `docker login` or `podman login` left, read anew at each call.
 * null: none, so it is asked for as anybody may. Errors: E_SECRET_MISSING, E_PERMISSION, E_CONFIG_INVALID (a file that
 * cannot be understood), E_COMMAND_NOT_FOUND, E_COMMAND_FAILED, E_TIMEOUT (a credential helper); none holds a secret.
 */
export async function registryAuth(
  image: Place,
  login: Login,
  places: LoginPlaces,
  signal: AbortSignal,
): Promise<RegistryAuth | null> {
  const { username, password } = login
  if (username !== undefined && password !== undefined) {
    const { secrets } = places
    return {
      username: typeof username === 'string' ? username : await secrets.read(username),
      password: await secrets.read(password),
    }
  }
  for (const path of authFilePaths(places.environment)) {
    const file = await readAuthFile(path)
    const found = file === null ? null : await authIn(file, { image, path, places, signal })
    if (found !== null) return found
  }
  return null
}

interface Question {
  readonly image: Place
  readonly path: string
  readonly places: LoginPlaces
  readonly signal: AbortSignal
}

/** A helper for this host comes first, then the file's own entry, then the helper for everything else. */
async function authIn(file: AuthFile, question: Question): Promise<RegistryAuth | null> {
  const { image, path } = question
  const own = lookUp(file.credHelpers ?? {}, [image.host, hubKey(image.host)])
  if (own !== undefined) return await fromHelper(own, question)
  const entry = lookUp(file.auths ?? {}, namesOf(image))
  const written = entry === undefined || entry === null ? null : readEntry(entry, path)
  if (written !== null) return written
  const store = file.credsStore ?? ''
  return store === '' ? null : await fromHelper(store, question)
}

async function fromHelper(helper: string, question: Question): Promise<RegistryAuth | null> {
  const { image, path, places, signal } = question
  const key = hubKey(image.host)
  const { environment, helperTimeoutMs: timeoutMs } = places
  const answer = await askHelper({ helper, key, path, environment, signal, timeoutMs })
  if (answer === null) return null
  // The protocol of helpers: this name says that the secret is no password.
  if (answer.username === '<token>') return { identityToken: answer.secret }
  return { username: answer.username, password: answer.secret }
}

/** What Docker has kept the login of its hub under since its first version. */
const hubKey = (host: string): string => (host === 'docker.io' ? 'https://index.docker.io/v1/' : host)

/** The nearest first: Podman keeps logins for parts of a registry too (`quay.io/team`). */
function namesOf({ host, repository }: Place): readonly string[] {
  const parts = repository.split('/')
  const inside = parts.map((_, index) => `${host}/${parts.slice(0, parts.length - index).join('/')}`)
  const hub = host === 'docker.io' ? ['index.docker.io', 'registry-1.docker.io'] : []
  return [...inside, host, ...hub]
}

/** Keys may be written as addresses (`https://host/v1/`), as the first versions of Docker did. */
function lookUp<T>(entries: Readonly<Record<string, T>>, names: readonly string[]): T | undefined {
  const bare = (text: string) =>
    text
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .replace(/\/(?:v[12]\/?)?$/, '')
  const known = new Map(Object.entries(entries).map(([name, value]) => [bare(name), value]))
  const name = names.find((one) => known.has(bare(one)))
  return name === undefined ? undefined : known.get(bare(name))
}

/** null: an empty entry, which is what is left where a helper keeps the login. */
function readEntry(entry: FileAuth, path: string): RegistryAuth | null {
  if (entry.identitytoken !== undefined && entry.identitytoken !== '') return { identityToken: entry.identitytoken }
  const { username = '', password = '' } = entry
  if (username !== '' && password !== '') return { username, password }
  if (entry.auth === undefined || entry.auth === '') return null
  const text = Buffer.from(entry.auth, 'base64').toString('utf8').replaceAll('\0', '')
  const colon = text.indexOf(':')
  if (colon < 1) throw fileInvalid(path, 'an "auth" is not the base64 of name:password')
  return { username: text.slice(0, colon), password: text.slice(colon + 1) }
}
