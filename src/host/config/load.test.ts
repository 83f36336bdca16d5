import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { BelayError, type Problem } from '../../core/model/problem.ts'
import type { Kinds } from '../../protocol/config/schema.ts'
import { knownTexts } from './known-texts.ts'
import { configBytesMax, loadConfig, readConfig } from './load.ts'

const kinds: Kinds = {
  sources: { s: z.strictObject({ type: z.literal('s') }) },
  strategies: { d: z.strictObject({ type: z.literal('d'), path: z.string() }) },
  services: {},
  checks: {},
  backups: {},
  probes: {},
  notifiers: {},
  traffic: {},
  rules: [],
}
const text = 'version: 1\ncomponents:\n  core: { source: { type: s }, strategy: { type: d, path: app } }\n'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-config-'))
})
afterEach(async () => {
  await rm(dir, { recursive: true })
})

async function refused(run: Promise<unknown>): Promise<Problem> {
  try {
    await run
  } catch (error) {
    if (error instanceof BelayError) return error.problem
    throw error
  }
  throw new Error('it was accepted')
}

describe('where the config is found', () => {
  test('when -c, $BELAY_CONFIG and ./belay.yaml are there, then they count in this order', async () => {
    for (const name of ['belay.yaml', 'env.yaml', 'named.yaml']) await writeFile(join(dir, name), name)
    const env = { BELAY_CONFIG: join(dir, 'env.yaml') }
    expect((await readConfig({ config: 'named.yaml', env, cwd: dir })).text).toBe('named.yaml')
    expect((await readConfig({ config: null, env, cwd: dir })).text).toBe('env.yaml')
    expect(await readConfig({ config: null, env: {}, cwd: dir })).toEqual({
      file: join(dir, 'belay.yaml'),
      shown: 'belay.yaml',
      text: 'belay.yaml',
    })
  })

  test('when a named one is missing, then no other is taken', async () => {
    await writeFile(join(dir, 'belay.yaml'), text)
    const problem = await refused(readConfig({ config: 'other.yaml', env: {}, cwd: dir }))
    expect([problem.code, problem.message]).toEqual(['E_CONFIG_NOT_FOUND', 'there is no config: other.yaml'])
    const byEnv = await refused(readConfig({ config: null, env: { BELAY_CONFIG: '/nowhere/b.yaml' }, cwd: dir }))
    expect(byEnv.message).toBe('there is no config: /nowhere/b.yaml')
  })

  test('when there is none, then it says where it looked and how to make one', async () => {
    const problem = await refused(readConfig({ config: null, env: {}, cwd: dir }))
    expect(problem).toMatchObject({
      code: 'E_CONFIG_NOT_FOUND',
      message: 'there is no config: belay.yaml, /etc/belay/belay.yaml',
      hint: 'Write one with "belay init", or name yours with -c FILE.',
      facts: { looked: [join(dir, 'belay.yaml'), '/etc/belay/belay.yaml'] },
    })
  })
})

describe('what is read', () => {
  test('when it is a link to itself, then that is said', async () => {
    await symlink('belay.yaml', join(dir, 'belay.yaml'))
    const problem = await refused(readConfig({ config: null, env: {}, cwd: dir }))
    expect([problem.code, problem.message]).toEqual(['E_CONFIG_INVALID', 'belay.yaml is a link that leads to itself'])
  })

  test('when it may not be read, then it says who has to be let in, and asks for no right to write', async () => {
    const file = join(dir, 'belay.yaml')
    await writeFile(file, text, { mode: 0o000 })
    await chmod(dir, 0o755)
    const root = process.getuid?.() === 0
    if (root) process.seteuid?.(65534)
    try {
      const problem = await refused(readConfig({ config: file, env: {}, cwd: dir }))
      expect(problem).toMatchObject({
        code: 'E_PERMISSION',
        message: `${file} cannot be read by the user that belay runs as.`,
      })
      expect(problem.hint).toContain('-c FILE')
    } finally {
      if (root) process.seteuid?.(0)
    }
  })

  test('when it is valid, then its relative paths begin at its folder', async () => {
    await writeFile(join(dir, 'belay.yaml'), text)
    const { settings } = await loadConfig({ config: join(dir, 'belay.yaml'), env: {}, cwd: '/' }, async () => kinds)
    expect(settings.file).toBe(join(dir, 'belay.yaml'))
    expect([...settings.components.values()][0]?.strategy['path']).toBe(join(dir, 'app'))
  })

  test('when its text was read before, then what was remembered of it counts, whichever file it is in', async () => {
    const known = knownTexts(dir, '1')
    const [one, other] = [join(dir, 'one.yaml'), join(dir, 'sub', 'other.yaml')]
    await mkdir(join(dir, 'sub'))
    for (const file of [one, other]) await writeFile(file, text)
    const load = async (config: string) =>
      loadConfig({ config, env: {}, cwd: '/' }, async () => kinds, { texts: known, kinds: () => kinds })
    const first = await load(one)
    expect(known.valueOf(text)).toMatchObject({ version: 1 })
    expect(await load(one)).toStrictEqual(first)
    expect([...(await load(other)).settings.components.values()][0]?.strategy['path']).toBe(join(dir, 'sub', 'app'))
    known.remember(text, { version: 1, components: {} })
    expect((await load(one)).settings.components.size).toBe(0)
  })

  test('when what was remembered is not right, then the text itself is read', async () => {
    const known = knownTexts(dir, '1')
    await writeFile(join(dir, 'belay.yaml'), text)
    known.remember(text, { version: 2 })
    const { settings } = await loadConfig({ config: null, env: {}, cwd: dir }, async () => kinds, {
      texts: known,
      kinds: () => kinds,
    })
    expect(settings.components.size).toBe(1)
    expect(known.valueOf(text)).toMatchObject({ version: 1 })
  })

  test('when it has errors, then it is not remembered, and the file is named as it was given', async () => {
    await writeFile(join(dir, 'belay.yaml'), text.replace('path', 'pth'))
    const known = knownTexts(dir, '1')
    const problem = await refused(
      loadConfig({ config: null, env: {}, cwd: dir }, async () => kinds, { texts: known, kinds: () => kinds }),
    )
    expect(known.valueOf(text.replace('path', 'pth'))).toBe(undefined)
    expect(problem.facts['errors']).toEqual([
      'belay.yaml:3:32 components.core.strategy: path is missing',
      'belay.yaml:3:53 components.core.strategy.pth: unknown key. Did you mean path?',
    ])
  })

  test.each([
    ['larger than it may be', Buffer.alloc(configBytesMax + 1, 32), 'b.yaml is larger than 1 MiB'],
    ['UTF-16', Buffer.from('version: 1', 'utf16le').fill(0xff, 0, 1), 'b.yaml is not UTF-8 text'],
  ])('when it is %s, then it is refused', async (_, bytes, message) => {
    await writeFile(join(dir, 'b.yaml'), bytes)
    expect(await refused(readConfig({ config: 'b.yaml', env: {}, cwd: dir }))).toMatchObject({
      code: 'E_CONFIG_INVALID',
      message,
    })
  })

  test('when it is a folder or a pipe, then it is refused without waiting', async () => {
    await mkdir(join(dir, 'conf'))
    const folder = await refused(readConfig({ config: 'conf', env: {}, cwd: dir }))
    expect([folder.message, folder.hint]).toEqual(['conf is a folder', 'Name the file in it: -c conf/belay.yaml.'])
    execFileSync('mkfifo', [join(dir, 'pipe')])
    const pipe = await refused(readConfig({ config: 'pipe', env: {}, cwd: dir }))
    expect(pipe.message).toBe('pipe is not a file')
  })
})
