import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isMade } from './page.ts'
import { referencePages } from './pages.ts'

const folder = join(import.meta.dirname, '..', '..', 'docs', 'reference')
const pages = await referencePages()

test.each(pages)('when the code says it then the reference does: $path', ({ path, text }) => {
  expect(readFileSync(join(folder, path), 'utf8') === text, 'npm run reference writes it anew').toBe(true)
})

test('when a page in the reference says that the code makes it then it still does', () => {
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
  const all = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = all.filter((file) => isMade(file, readFileSync(file, 'utf8')))
  expect(files.toSorted()).toEqual(pages.map(({ path }) => join(folder, path)).toSorted())
})
