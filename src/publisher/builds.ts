import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail } from '../core/model/problem.ts'
import { fileNameText, tagText } from '../core/release/spec.ts'
import { sha256Of } from './place.ts'
import type { Places } from './state.ts'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)

/** `builds/CHANNEL/VERSION/build.json`: what was built of a version, a file for each platform. */
const buildSchema = z.strictObject({
  v: z.literal(1),
  version: tagText,
  files: z
    .array(
      z.strictObject({
        name: fileNameText,
        bytes: z.int().min(1),
        sha256,
        platform: z.string().nullable(),
        manifest: sha256,
        /** Programs that are compressed by themselves. */
        packed: z.array(z.string()).max(100),
      }),
    )
    .max(50),
})
export type Build = z.infer<typeof buildSchema>

export const buildFolder = ({ builds }: Places, channel: string, version: string): string =>
  join(builds, channel, encodeURIComponent(version))

/** null: that version was not built here. */
export async function readBuild(places: Places, channel: string, version: string): Promise<Build | null> {
  const path = join(buildFolder(places, channel, version), 'build.json')
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const parsed = buildSchema.safeParse(quietly(() => JSON.parse(text)))
  if (parsed.success) return parsed.data
  throw fail('E_CONFIG_INVALID', `${path} was not written by belay release build`, {
    hint: 'Remove that folder, then build again.',
  })
}

/** The built file with that content; null: it is not here any more. */
export async function builtFile(
  places: Places,
  { channel, version }: { readonly channel: string; readonly version: string },
  name: string,
  hash: string,
): Promise<string | null> {
  const path = join(buildFolder(places, channel, version), name)
  const found = await sha256Of(path).catch(() => null)
  return found === hash ? path : null
}

function quietly(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return null
  }
}
