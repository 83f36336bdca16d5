import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import { profiles } from '../core/publish/profile.ts'
import { readYaml } from '../host/config/yaml.ts'
import { durationSchema } from '../protocol/units.ts'

export const configName = 'belay-release.yaml'

const slug = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'use lower-case letters, digits, "-", "_" or ".", at most 64')

const day = 86_400_000

const configSchema = z.strictObject({
  version: z.literal(1),
  product: slug,
  profile: z.enum(profiles),
  channels: z.array(slug).min(1).max(20),
  /** Where hosts find the repository. */
  url: z.url().nullable().default(null),
  /** For how long a signature counts: by role, `channels` for those that are not named. */
  expires: z.record(slug, durationSchema).default({}),
})
export type ReleaseConfig = z.infer<typeof configSchema>

/** What a role's signature counts for when the config does not say. A nightly is short: its key lies in CI. */
const usualExpiryMs: Readonly<Record<string, number>> = {
  root: 365 * day,
  targets: 180 * day,
  snapshot: 7 * day,
  timestamp: 3 * day,
  nightly: 14 * day,
  channels: 90 * day,
}

export function expiryMsOf({ product, expires }: ReleaseConfig, role: string): number {
  const name = role.startsWith(`${product}-`) ? role.slice(product.length + 1) : role
  const top = Object.hasOwn(usualExpiryMs, name) ? usualExpiryMs[name] : undefined
  return expires[name] ?? top ?? expires['channels'] ?? 90 * day
}

const configBytesMax = 64 * 1024

export async function readReleaseConfig(dir: string): Promise<ReleaseConfig> {
  const path = join(dir, configName)
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail('E_CONFIG_NOT_FOUND', `there is no ${configName} in ${dir}`, {
      hint: 'Go to the folder where you ran "belay release init", name it with --dir, or run that first.',
      cause: error,
    })
  })
  return parseReleaseConfig(text.slice(0, configBytesMax), path)
}

/** `path` is what errors name. */
export function parseReleaseConfig(text: string, path: string): ReleaseConfig {
  const read = readYaml(text)
  if ('faults' in read) {
    const { line, column, message } = read.faults[0] ?? { line: 1, column: 1, message: 'cannot be read' }
    throw invalid(`${path}:${line}:${column} ${message}`)
  }
  const parsed = configSchema.safeParse(read.value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  const names = (issue?.path ?? []).map(String)
  const { line, column } = read.placeOf(names, 'value')
  throw invalid(`${path}:${line}:${column} ${names.join('.')}: ${issue?.message ?? 'cannot be used'}`)
}

export function configText(config: Pick<ReleaseConfig, 'product' | 'profile' | 'channels' | 'url'>): string {
  const { product, profile, channels, url } = config
  return `# What "belay release" needs to know. Nothing here is secret; keep it in version control.
version: 1
product: ${product}
profile: ${profile}
channels: [${channels.join(', ')}]
${url === null ? '# url: https://releases.example.org/    where hosts find the repository' : `url: ${url}`}
# For how long a signature counts. Hosts refuse to install what is signed by an expired one, and keep running.
expires: { root: 365d, targets: 180d, channels: 90d, nightly: 14d, snapshot: 7d, timestamp: 3d }
`
}

function invalid(message: string) {
  return fail('E_CONFIG_INVALID', message, { hint: 'Correct that line. Nothing was changed.' })
}
