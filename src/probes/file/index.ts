import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { readVersionText } from '../../core/version/file.ts'
import { jsonAt } from '../../host/ask.ts'
import type { Probe } from '../../ports/probe.ts'
import { type FileProbeConfig, fileProbeSchema } from './schema.ts'

const fileBytesMax = 1024 * 1024
/** A pattern is somebody's, and a line may be anybody's: both are short, so that no match takes long. */
const lineCharsMax = 1000

/** A VERSION file, plain or JSON, a value in a JSON file, or a line in a source file (parsed, never run). */
export function fileProbe(): Probe<FileProbeConfig> {
  return {
    kind: 'file',
    config: fileProbeSchema,
    describe: ({ file }) => `the file ${file}`,
    live: false,
    async read(config, { dir }) {
      const text = await readInside(dir, config.file)
      if (text === null) return null
      if (config.pattern !== undefined) return matchLine(text, new RegExp(config.pattern))
      if (config.json !== undefined) return stated(jsonAt(text, config.json))
      return readVersionText(text)
    },
  }
}

function stated(value: unknown): string | null {
  return typeof value === 'string' ? readVersionText(value) : null
}

function matchLine(text: string, pattern: RegExp): string | null {
  for (const line of text.split(/\r?\n/)) {
    const found = line.length > lineCharsMax ? null : pattern.exec(line)
    if (found !== null) return readVersionText(found[1] ?? found[0])
  }
  return null
}

/** null: there is none, it is too large, or a link leads out of the tree. */
async function readInside(dir: string, file: string): Promise<string | null> {
  try {
    const root = await realpath(dir)
    const path = await realpath(join(dir, file))
    if (!path.startsWith(root + sep)) return null
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await handle.stat()
    return stat.isFile() && stat.size <= fileBytesMax ? await handle.readFile('utf8') : null
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return null
    throw error
  }
}
