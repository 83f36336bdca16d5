import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { removeTree } from './remove.ts'
import { look, mayMount, room } from './testing.ts'

const nobodyId = 65534

test('when a tree is removed, then closed folders, odd names and links go, and what links point to stays', async () => {
  await using here = await room()
  here.plant({ 'tree/closed/x': '', 'tree/out': '-> ../mine', 'tree/deep/er/': '', 'mine/x': 'x' })
  const odd = Buffer.concat([Buffer.from(here.at('tree/')), Buffer.from([0xff, 0xfe])])
  mkdirSync(odd)
  writeFileSync(Buffer.concat([odd, Buffer.from([0x2f, 0xff])]), '')
  chmodSync(here.at('tree/closed'), 0)

  await removeTree(here.at('tree'))

  expect(look(here.dir)).toStrictEqual({ mine: '755/', 'mine/x': '644 x' })
})

test('when a folder is read-only to its owner, then its owner removes it, without being root', async () => {
  await using here = await room()
  here.plant({ 'mine/tree/read-only/x': '', 'mine/tree/closed/x': '' })
  if (process.getuid?.() === 0) {
    chmodSync(here.dir, 0o755)
    execFileSync('chown', ['-R', `${nobodyId}`, here.at('mine')])
  }
  chmodSync(here.at('mine/tree/read-only'), 0o555)
  chmodSync(here.at('mine/tree/closed'), 0)
  const program = `
    const { removeTree } = await import(${JSON.stringify(import.meta.resolve('./remove.ts'))})
    if (process.getuid() === 0) process.setuid(${nobodyId})
    await removeTree(process.argv[1])
  `

  execFileSync(process.execPath, ['--input-type=module', '-e', program, here.at('mine/tree')], { stdio: 'pipe' })

  expect(readdirSync(here.at('mine'))).toStrictEqual([])
})

test('when it is a link, a file or nothing, then only that goes', async () => {
  await using here = await room()
  here.plant({ 'mine/x': 'x', link: '-> mine', file: '' })

  for (const name of ['link', 'file', 'nothing', 'nothing/at/all']) await removeTree(here.at(name))

  expect(readdirSync(here.dir)).toStrictEqual(['mine'])
})

test.each(['/', '/etc', '//srv/', '/opt/..', homedir(), `${homedir()}/`, '/opt/../etc'])(
  'when the path is %s, then it is never removed',
  async (path) => {
    const problem = problemOf(await removeTree(path).catch((error: unknown) => error))

    expect(problem.code).toBe('E_PATH_INVALID')
  },
)

test.runIf(mayMount())('when something is mounted inside, then nothing is removed', async () => {
  await using here = await room()
  here.plant({ 'tree/a': 'a', 'tree/data dir/': '', 'data/mine': 'mine' })
  execFileSync('mount', ['--bind', here.at('data'), here.at('tree/data dir')])
  try {
    const problem = problemOf(await removeTree(here.at('tree')).catch((error: unknown) => error))

    expect(problem).toMatchObject({ code: 'E_TARGET_MOUNT', facts: { mount: here.at('tree/data dir') } })
    expect(existsSync(join(here.at('data'), 'mine'))).toBe(true)
    expect(existsSync(here.at('tree/a'))).toBe(true)
  } finally {
    execFileSync('umount', [here.at('tree/data dir')])
  }
})
