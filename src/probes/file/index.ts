import { readVersionText } from '../../core/version/file.ts'
import { jsonAt } from '../../host/json-pointer.ts'
import { readInside } from '../../host/read-inside.ts'
import type { Probe } from '../../ports/probe.ts'
import { matchLines } from './pattern.ts'
import { type FileProbeConfig, fileProbeSchema } from './schema.ts'

const fileBytesMax = 1024 * 1024

async function versionIn(text: string, { pattern, json }: FileProbeConfig): Promise<string | null> {
  if (pattern !== undefined) return readVersionText(matchLines(text, pattern) ?? '')
  if (json === undefined) return readVersionText(text)
  const value = jsonAt(text, json)
  return typeof value === 'string' ? readVersionText(value) : null
}

/** A file of the installed tree: plain, JSON, or a source file with a pattern. */
export function fileProbe(): Probe<FileProbeConfig> {
  return {
    kind: 'file',
    config: fileProbeSchema,
    describe: ({ file }) => `file ${file}`,
    live: false,
    read: async (config, { dir }) => {
      const text = await readInside(dir, config.file, fileBytesMax)
      return text === null ? null : versionIn(text, config)
    },
  }
}
