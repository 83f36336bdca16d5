import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TestFile } from './requirements.ts'
import type { Stage } from './stages.ts'

const root = resolve(import.meta.dirname, '../..')

/** The test files of a stage, in the folders that vitest.config.ts gives to the project of that name. */
export function testFilesOf(stage: Stage): readonly TestFile[] {
  if (stage.kind === 'check') return []
  return globSync([...stage.include], { cwd: root, exclude: [...stage.exclude] })
    .toSorted()
    .map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }))
}
