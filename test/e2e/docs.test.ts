import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const execute = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const examples = join(root, 'docs/guide/examples')

async function filesBelow(folder: string, ending: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true })
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name))
}

test('when the examples of the guide are validated, then each is a config that belay accepts', async () => {
  const files = await filesBelow(examples, '.yaml')
  expect(files.length).toBeGreaterThan(0)
  for (const file of files) {
    const { stdout } = await execute(join(root, 'bin/belay'), ['-c', file, '--json', 'validate'])
    expect(JSON.parse(stdout)).toMatchObject({ valid: true, file })
  }
})

test('when a page shows a whole config, then it is one of the examples, to the letter', async () => {
  const known = await Promise.all((await filesBelow(examples, '.yaml')).map((file) => readFile(file, 'utf8')))
  const pages = await Promise.all((await filesBelow(join(root, 'docs'), '.md')).map((file) => readFile(file, 'utf8')))
  const shown = pages.flatMap((page) => [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text))
  expect(shown.length).toBeGreaterThan(0)
  for (const text of shown) expect(known).toContain(text)
})

test('when a page links to another file, then that file is there', async () => {
  const pages = [join(root, 'README.md'), ...(await filesBelow(join(root, 'docs'), '.md'))]
  const missing: string[] = []
  for (const page of pages) {
    const text = await readFile(page, 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^[a-z]+:/.test(target) || existsSync(resolve(dirname(page), target))) continue
      missing.push(`${relative(root, page)} → ${target}`)
    }
  }
  expect(missing).toEqual([])
})
