import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '../core/model/problem.ts'
import { atomicWrite } from '../host/tree/durable.ts'

export const settingsBytesMax = 256 * 1024

/** What the page changed, in `STATE/settings.json`, and the secrets of the channels it made, in `STATE/secrets`. */
export interface SettingsStore {
  readonly file: string
  readonly secretsDir: string
  /** null: there is none. E_CONFIG_INVALID: it is larger than any that was written here. */
  read(): string | null
  /** Whole or not at all, and on disk when it resolves. */
  write(text: string): Promise<void>
  writeSecret(name: string, value: string): Promise<void>
}

export function fileSettings(stateDir: string): SettingsStore {
  const file = join(stateDir, 'settings.json')
  const secretsDir = join(stateDir, 'secrets')
  return {
    file,
    secretsDir,
    read: () => readText(file),
    write: async (text) => atomicWrite(file, text, { mode: 0o600 }),
    async writeSecret(name, value) {
      await mkdir(secretsDir, { recursive: true, mode: 0o700 })
      await atomicWrite(join(secretsDir, name), value, { mode: 0o600 })
    },
  }
}

function readText(file: string): string | null {
  const fd = openOrNull(file)
  if (fd === null) return null
  try {
    if (fstatSync(fd).size <= settingsBytesMax) return readFileSync(fd, 'utf8')
  } finally {
    closeSync(fd)
  }
  throw fail('E_CONFIG_INVALID', `${file} is larger than ${settingsBytesMax / 1024} KiB`, {
    hint: 'The page writes this file. Look at what is in it, or remove it to let the config alone hold.',
    facts: { errors: [`${file}: it is too large`] },
  })
}

function openOrNull(file: string): number | null {
  try {
    // Without O_NONBLOCK a named pipe would be waited for.
    return openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    throw error
  }
}
