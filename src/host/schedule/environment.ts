import { stat } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { networkNames, pathDefault } from '../process/environment.ts'

export interface JobEnvironment {
  readonly environment: Readonly<Record<string, string>>
  readonly notes: readonly string[]
}

/** What belay and the programs that it starts read, and a timer does not have. A list, since a secret must not pass. */
const carried = [
  ...networkNames,
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'DOCKER_CONTEXT',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'CONTAINER_HOST',
  'REGISTRY_AUTH_FILE',
  'XDG_CONFIG_HOME',
  'XDG_CACHE_HOME',
  'BELAY_LANG',
] as const

const valueCharsMax = 500

/** What works by hand works at night: the same programs are found, the same proxies asked. */
export async function jobEnvironment(
  own: Readonly<Record<string, string | undefined>>,
  identity: { readonly home: string; readonly root: boolean },
): Promise<JobEnvironment> {
  const environment: Record<string, string> = {
    PATH: await safePath(own['PATH'] ?? '', identity.root),
    HOME: identity.home,
  }
  const notes: string[] = []
  for (const name of carried) {
    const value = own[name] ?? ''
    if (value === '') continue
    const why = reasonAgainst(value)
    if (why === null) environment[name] = value
    else notes.push(`${name} ${why}, so it is not written down: the timed run goes without it.`)
  }
  return { environment, notes }
}

/** Units and crontabs are read by everybody. */
function reasonAgainst(value: string): string | null {
  if (/\/\/[^/@\s]*:[^/@\s]*@/.test(value)) return 'holds a password'
  if (value.length > valueCharsMax) return 'is very long'
  return /[\p{Cc}"']/u.test(value) ? 'has a character that cannot be written there' : null
}

/** As root, no folder that somebody else can put a program into. */
async function safePath(path: string, root: boolean): Promise<string> {
  const folders = path.split(':').filter((folder) => isAbsolute(folder) && !/[\p{Cc}"']/u.test(folder))
  const kept = await Promise.all(folders.map(async (folder) => ((await isSafe(folder, root)) ? [folder] : [])))
  const own = [...new Set(kept.flat())].join(':')
  return own === '' || own.length > valueCharsMax ? pathDefault : own
}

async function isSafe(folder: string, root: boolean): Promise<boolean> {
  const found = await stat(folder).catch(() => null)
  if (found === null || !found.isDirectory()) return false
  return !root || (found.uid === 0 && (found.mode & 0o022) === 0)
}
