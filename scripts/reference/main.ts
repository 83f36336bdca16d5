// `npm run reference`: writes into docs/reference what is made from the code.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMade } from './page.ts'
import { referencePages } from './pages.ts'

const folder = join('docs', 'reference')
const pages = await referencePages()
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name)
  if (entry.isFile() && isMade(file, readFileSync(file, 'utf8'))) rmSync(file)
}
for (const { path, text } of pages) {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}
