// needs: shellcheck
import { execFileSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { never, passphrase, workshop } from './publish.world.ts'

const root = resolve(import.meta.dirname, '../..')
const script = join(root, 'scripts/release/in-ci.sh')

const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string() })),
  runs: z.object({
    using: z.literal('composite'),
    steps: z.array(
      z.object({ run: z.string(), shell: z.literal('bash'), env: z.record(z.string(), z.string()).optional() }),
    ),
  }),
})

test('when the action of GitHub is read, then every input reaches the script by the environment, and no text of it', async () => {
  const action = actionSchema.parse(parse(await readFile(join(root, 'action.yml'), 'utf8')))
  const env = Object.assign({}, ...action.runs.steps.map((step) => step.env ?? {}))
  const used = Object.values(env).map((value) => /^\$\{\{ inputs\.(\w+) \}\}$/.exec(String(value))?.[1])
  expect(new Set(used)).toStrictEqual(new Set(Object.keys(action.inputs)))
  for (const { run } of action.runs.steps) expect(run).not.toContain('${{')
  const text = await readFile(script, 'utf8')
  for (const name of Object.keys(env)) expect(text).toContain(name)
  expect(action.runs.steps.some(({ run }) => run.includes('scripts/release/in-ci.sh'))).toBe(true)
})

test('when the template for GitLab is read, then its jobs run the same script', async () => {
  const template = z
    .record(z.string(), z.looseObject({ script: z.array(z.string()).optional() }))
    .parse(parse(await readFile(join(root, 'docs/guide/publishing.gitlab-ci.yml'), 'utf8')))
  const jobs = Object.entries(template).filter(([name]) => !name.startsWith('.'))
  expect(jobs.map(([name]) => name)).toStrictEqual(['release', 'refresh'])
  for (const [, { script: lines = [] }] of jobs) expect(lines.at(-1)).toBe('/opt/belay/scripts/release/in-ci.sh')
})

/** The first block of the guide: what a reader types. */
async function tenLines(): Promise<readonly string[]> {
  const page = await readFile(join(root, 'docs/guide/publishing.md'), 'utf8')
  const [, block = ''] = /^```sh\n(.*?)^```/ms.exec(page) ?? []
  return block.trim().split('\n')
}

test('when somebody types the lines of the guide, then a repository stands that hosts accept', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'belay-guide-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await mkdir(join(dir, 'build'))
  await writeFile(join(dir, 'build/VERSION'), '1.0.0')
  const lines = await tenLines()
  expect(lines.length).toBeLessThanOrEqual(10)
  const env = {
    PATH: `${join(root, 'bin')}:${process.env['PATH'] ?? ''}`,
    BELAY_RELEASE_PASSPHRASE: passphrase,
    HOME: dir,
  }
  const output = execFileSync('sh', ['-e', '-c', lines.join('\n')], { cwd: dir, env, encoding: 'utf8' })
  expect(output).toMatch(/stable\s+1\.0\.0\s+1\s+acme-1\.0\.0\.tar\.zst\s+read and compared/)
})

test('when the script is checked, then shellcheck finds nothing', () => {
  execFileSync('shellcheck', [script])
})

test('when CI runs the script, then a release is published with three keys alone, and none is left behind', async () => {
  const shop = await workshop()
  const checkout = join(shop.dir, '../checkout')
  const www = join(shop.dir, '../www')
  const temporary = join(shop.dir, '../tmp')
  await mkdir(temporary)
  await cp(shop.dir, join(checkout, 'release'), { recursive: true, filter: (path) => !path.endsWith('/keys') })
  const keys = ['stable-1', 'snapshot-1', 'timestamp-1'].map((name) =>
    readFile(join(shop.dir, 'keys', `${name}.key`), 'utf8'),
  )
  const secrets = {
    BELAY_RELEASE_KEYS: (await Promise.all(keys)).join('\n'),
    BELAY_RELEASE_PASSPHRASE: passphrase,
    PATH: process.env['PATH'] ?? '',
    TMPDIR: temporary,
    HOME: temporary,
    TZ: 'Pacific/Auckland',
    LC_ALL: 'C',
  }
  const told = {
    BELAY_RELEASE_VERSION: '1.0.0',
    BELAY_RELEASE_TREE: await shop.tree({ VERSION: '1.0.0' }),
    BELAY_RELEASE_TO: www,
  }
  const run = (env: Readonly<Record<string, string>>) =>
    execFileSync(script, { cwd: checkout, env: { ...secrets, BELAY_RELEASE_TO: www, ...env }, encoding: 'utf8' })
  const output = run(told)
  await shop.release('1.0.0')
  const file = 'builds/stable/1.0.0/app-1.0.0.tar.zst'
  expect(await readFile(join(checkout, 'release', file))).toStrictEqual(await readFile(join(shop.dir, file)))
  expect(output).toContain('Published app-stable 2')
  for (const line of secrets.BELAY_RELEASE_KEYS.split('\n').filter(Boolean)) expect(output).not.toContain(line)
  expect(run({})).toContain('Published timestamp 3')
  expect(await shop.publisher.verify(www, null, never())).toMatchObject({
    timestamp: 3,
    releases: [{ version: '1.0.0' }],
  })
  expect((await readdir(temporary, { recursive: true })).filter((name) => name.endsWith('.key'))).toStrictEqual([])
})
