import { open, readdir } from 'node:fs/promises'
import { release } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fail, problemOf } from '../core/model/problem.ts'
import { openSecrets } from '../host/secrets.ts'
import { type BundleEntry, packBundle } from '../host/support/bundle.ts'
import { scrub } from '../host/support/scrub.ts'
import type { Engine } from '../ports/engine.ts'
import { type SecretPlace, secretSchema } from '../protocol/secret.ts'
import type { Settings } from '../protocol/settings.ts'
import { version } from './version.ts'

export interface BundleOf {
  readonly settings: Settings
  readonly stateDir: string
  readonly engine: Engine
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: number
}

const runsMax = 30
const historyMax = 500
/** Of a text file, its end. */
const textBytesMax = 2 * 1024 * 1024

/**
 * Everything that somebody who helps would ask for: logs, journal, config, detection, versions. Secrets that the config
 * refers to, and whatever looks like one, are hidden in all of it. What cannot be had is named in `missing.txt`: a bundle
 * is made when something is broken.
 */
export async function supportBundle(of: BundleOf): Promise<Readable> {
  const { settings, stateDir, now } = of
  const missing: string[] = []
  const entries: BundleEntry[] = []
  const add = async (name: string, make: () => Promise<unknown>) => {
    try {
      const made = await make()
      entries.push({ name, text: typeof made === 'string' ? made : `${JSON.stringify(made, null, 2)}\n` })
    } catch (error) {
      missing.push(`${name}: ${problemOf(error).message}`)
    }
  }
  await add('versions.json', async () => versions())
  const { file } = settings
  if (file !== null) await add('belay.yaml', () => endOf(file))
  await add('detection.json', () => detection(of))
  for (const name of ['settings.json', 'agent.json', 'self']) {
    await add(`state/${name}`, () => endOf(join(stateDir, name)))
  }
  await addEngine(of, add)
  for (const log of await logFiles(of)) await add(`logs/${basename(log)}`, () => endOf(log))
  const secrets = await secretsOf(of)
  const all = [{ name: 'missing.txt', text: `${missing.join('\n')}\n` }, ...entries]
  const scrubbed = all.map(({ name, text }) => ({ name, text: scrub(text, secrets) }))
  return packBundle(`belay-support-${new Date(now).toISOString().slice(0, 10)}`, scrubbed, now)
}

/** E_USAGE: there is such a file. Only its owner may read it. */
export async function writeBundle(
  of: BundleOf,
  file: string | null,
): Promise<{ readonly file: string; readonly bytes: number }> {
  const path = resolve(file ?? `belay-support-${new Date(of.now).toISOString().replaceAll(/[:.]/g, '-')}.tar.gz`)
  const out = (await open(path, 'wx', 0o600).catch((error: unknown) => refused(path, error))).createWriteStream()
  await pipeline(await supportBundle(of), out)
  return { file: path, bytes: out.bytesWritten }
}

function refused(path: string, error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  throw fail('E_USAGE', `${path} is there already.`, { hint: 'Name another file with --out.', cause: error })
}

async function addEngine(
  { engine }: BundleOf,
  add: (name: string, make: () => Promise<unknown>) => Promise<void>,
): Promise<void> {
  await add('status.json', () => engine.status(engine.components()))
  await add('backups.json', () => engine.backups(engine.components()))
  await add('notifications.json', () => engine.notifications())
  const history = await engine.history({ limit: historyMax }).catch(() => [])
  await add('history.json', async () => history)
  for (const { run } of history.slice(0, runsMax)) await add(`runs/${run}.json`, () => engine.show(run))
}

function versions() {
  const { platform, arch, versions: runtime } = process
  return { belay: version, node: runtime.node, sqlite: runtime['sqlite'], platform, arch, kernel: release() }
}

async function detection({ env }: BundleOf): Promise<unknown> {
  const [{ detectDeployment }, { packageRoot }] = await Promise.all([
    import('../host/detect/index.ts'),
    import('./program-file.ts'),
  ])
  return detectDeployment({ cwd: '/', env, program: packageRoot() })
}

/** The log and those it was rotated from, wherever it was written. */
async function logFiles({ settings, stateDir }: BundleOf): Promise<readonly string[]> {
  const { file } = settings.agent.log
  const places = [...(file === null ? [] : [file]), join(stateDir, 'logs', 'updates.log')]
  const found = places.map(async (place) => {
    const names = await readdir(dirname(place)).catch(() => [])
    return names.filter((name) => name.startsWith(basename(place))).map((name) => join(dirname(place), name))
  })
  return [...new Set((await Promise.all(found)).flat())].toSorted()
}

async function endOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - textBytesMax)
    const bytes = Buffer.alloc(size - from)
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from)
    return bytes.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The values of all secrets that the config refers to and that are there. */
async function secretsOf({ settings, env }: BundleOf): Promise<readonly string[]> {
  const secrets = openSecrets(env)
  const places = placesIn([settings.agent, [...settings.components.values()]])
  const values = await Promise.all(places.map((place) => secrets.read(place).catch(() => '')))
  return values.filter((value) => value !== '')
}

function placesIn(value: unknown): readonly SecretPlace[] {
  if (typeof value !== 'object' || value === null) return []
  const place = secretSchema.safeParse(value)
  if (place.success) return [place.data]
  return Object.entries(value).flatMap(([key, inner]) =>
    key.endsWith('_env') && typeof inner === 'string' ? [{ env: inner }] : placesIn(inner),
  )
}
