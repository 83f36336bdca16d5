import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'belay-start-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

function answer(program: string, ...args: string[]) {
  const env = { PATH: process.env['PATH'], XDG_CACHE_HOME: dir }
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: dir,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}

// `update` has its own flags of V8; the last one fails for want of a config.
test.each([[['--version']], [['update', '--help']], [['status', '--json']]])(
  'when %j is started quickly, then it answers as it does without, from an empty cache and a full one',
  (args) => {
    const plain = answer(resolve(import.meta.dirname, 'belay.ts'), ...args)
    const quick = resolve(import.meta.dirname, 'start.mjs')
    expect(plain.stdout).not.toBe('')
    expect(answer(quick, ...args)).toStrictEqual(plain)
    expect(answer(quick, ...args)).toStrictEqual(plain)
  },
)

test('when the start file is reached through a link, then it starts', () => {
  symlinkSync(resolve(import.meta.dirname, '../..'), join(dir, 'clone'))
  expect(answer(join(dir, 'clone/src/main/start.mjs'), '--version').status).toBe(0)
})
