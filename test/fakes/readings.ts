import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { FileRead, Reading, Readings } from '../../src/core/detect/readings.ts'

const folder = join(import.meta.dirname, '../fixtures/detect')

/** Readings of a place: `recorded/…` by test/contracts/record-detection.ts in a real one, `made/…` by hand. */
export function readingsOf(name: string): Readings {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Readings
}

export const allReadings: readonly string[] = ['recorded', 'made'].flatMap((kind) =>
  readdirSync(join(folder, kind)).map((file) => `${kind}/${file.replace(/\.json$/, '')}`),
)

export function withFiles(readings: Readings, files: Readonly<Partial<Record<FileRead, Reading<string>>>>): Readings {
  return { ...readings, files: { ...readings.files, ...files } }
}
