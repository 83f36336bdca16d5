import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { historyItem, scriptedEngine, statusReport } from '../../test/fakes/engine.ts'
import { problemOf } from '../core/model/problem.ts'
import type { Settings } from '../protocol/settings.ts'
import { writeBundle } from './support-bundle.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-bundle-'))
  await mkdir(join(dir, 'state', 'logs'), { recursive: true })
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const secret = 'correct-horse'
const password = 'battery staple "9"'

async function bundle(): Promise<ReadonlyMap<string, string>> {
  const config = join(dir, 'belay.yaml')
  await writeFile(config, 'source: { url: "https://bob:hunter22@host", token: { env: TOKEN } }\n')
  await writeFile(join(dir, 'password'), `${password}\n`)
  await writeFile(join(dir, 'state', 'logs', 'updates.log'), `${JSON.stringify({ text: `it sent ${password}` })}\n`)
  await writeFile(join(dir, 'state', 'logs', 'updates.log.1'), `older: ${secret}\n`)
  const settings = {
    file: config,
    agent: { log: { file: null }, notify: { ops: { password: { file: join(dir, 'password') } } } },
    components: new Map([['core', { source: { type: 'github', token: { env: 'TOKEN' } } }]]),
  } as unknown as Settings
  const engine = scriptedEngine({
    statuses: [statusReport({ state: `broken by ${secret}` })],
    history: [historyItem()],
  })
  const of = { settings, stateDir: join(dir, 'state'), engine, env: { TOKEN: secret }, now: Date.now() }
  const { file } = await writeBundle(of, join(dir, 'bundle.tar.gz'))
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(problemOf(await writeBundle(of, file).catch((error: unknown) => error))).toMatchObject({ code: 'E_USAGE' })
  await mkdir(join(dir, 'out'))
  execFileSync('tar', ['xzf', file, '-C', join(dir, 'out')])
  const names = await readdir(join(dir, 'out'), { recursive: true, withFileTypes: true })
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts = files.map(async (path) => [path.split('/').slice(5).join('/'), await readFile(path, 'utf8')] as const)
  return new Map(await Promise.all(texts))
}

test('when a bundle is made then it has logs, journal, config and versions, and no secret in any of it', async () => {
  const files = await bundle()
  expect([...files.keys()]).toEqual(
    expect.arrayContaining(['belay.yaml', 'status.json', 'history.json', 'versions.json', 'detection.json']),
  )
  expect([...files.keys()]).toEqual(expect.arrayContaining(['logs/updates.log', 'logs/updates.log.1']))
  const all = [...files.values()].join('\n')
  for (const planted of [secret, password, JSON.stringify(password).slice(1, -1), 'hunter22']) {
    expect(all).not.toContain(planted)
  }
  expect(files.get('status.json')).toContain('broken by ***')
  expect(files.get('belay.yaml')).toContain('{ env: TOKEN }')
})

test('when something cannot be had then the rest is there and what is missing is named', async () => {
  const files = await bundle()
  expect(files.get('missing.txt')).toMatch(/^runs\/r-7f3c12ab\.json: /m)
  expect(files.get('missing.txt')).toMatch(/^state\/agent\.json: /m)
})
