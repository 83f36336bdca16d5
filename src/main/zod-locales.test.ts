import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

/** In a process of its own: here zod is loaded already. */
function loaded(program: string): unknown {
  const args = ['--input-type=module', '--eval', program]
  return JSON.parse(execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8' }))
}

const languages = `const { z } = await import('zod')
  console.log(JSON.stringify([Object.keys(z.locales).length, z.string().safeParse(1).error.issues[0].message]))`

test('when zod was loaded for a start, then English is its only language', () => {
  const program = `const { loadZod } = await import('./zod-locales.mjs'); await loadZod(); ${languages}`
  expect(loaded(program)).toStrictEqual([1, expect.stringContaining('expected string')])
})

test('when zod is loaded as it is, then it has many more, which a start can do without', () => {
  expect(loaded(languages)).toStrictEqual([expect.toSatisfy((count: number) => count > 40), expect.any(String)])
})
