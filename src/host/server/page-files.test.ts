import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pageFiles } from './page-files.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-page-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const entry = { type: 'text/html', hash: 'h', immutable: false, bytes: 5, packed: { gzip: 3, br: 2 } }

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  // As a build does: a file that is replaced, not one that is written into.
  await writeFile(join(dir, 'next'), JSON.stringify({ sources: 's', files }))
  await rename(join(dir, 'next'), join(dir, 'files.json'))
}

test('when there is no page, or half of one, then it is not built', async () => {
  expect(await pageFiles(join(dir, 'none')).files()).toBeNull()
  const page = pageFiles(dir)
  await writeFile(join(dir, 'files.json'), '{"sources":')
  expect(await page.files()).toBeNull()
  await write({ '/index.html': entry })
  expect(await page.files()).not.toBeNull()
})

test('when the page was built then its files are known, the best form of each first, and can be read', async () => {
  await mkdir(join(dir, 'assets'))
  await writeFile(join(dir, 'assets/a.js'), 'plain')
  await writeFile(join(dir, 'assets/a.js.br'), 'by brotli')
  await write({ '/assets/a.js': entry })
  const page = pageFiles(dir)
  expect((await page.files())?.get('/assets/a.js')).toEqual({
    type: 'text/html',
    hash: 'h',
    immutable: false,
    encodings: ['br', 'gzip'],
  })
  expect(Buffer.from((await page.read('/assets/a.js', null)) ?? []).toString()).toBe('plain')
  expect(Buffer.from((await page.read('/assets/a.js', 'br')) ?? []).toString()).toBe('by brotli')
  expect(await page.read('/assets/b.js', null)).toBeNull()
})

test('when it is built anew while it is served then the new files are known', async () => {
  await write({ '/index.html': entry })
  const page = pageFiles(dir)
  expect([...((await page.files())?.keys() ?? [])]).toEqual(['/index.html'])
  await write({ '/index.html': entry, '/more.js': entry })
  expect([...((await page.files())?.keys() ?? [])]).toEqual(['/index.html', '/more.js'])
})
