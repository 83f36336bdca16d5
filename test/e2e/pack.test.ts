import { type ChildProcessWithoutNullStreams, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { packApp } from '../crash/support/app.ts'

const execute = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
let folder: string
let server: Server

/** Packs this clone and installs the tarball where nothing else is, as a reader of the README would. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-pack-'))
  const packed = await execute('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', folder], {
    cwd: root,
  })
  // What the prepack script prints comes first.
  const [tarball] = JSON.parse(packed.stdout.slice(packed.stdout.lastIndexOf('\n[') + 1))
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'reader', private: true, type: 'module' }))
  const install = ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  await execute('npm', [...install, join(folder, tarball.filename)], { cwd: folder })
  server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify({ version: '1.1.0', release_notes: 'Faster', download_url: 'http://127.0.0.1/app-1.1.0.tar.gz' }),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs a program of the reader's, on the Node that runs this test. */
async function run(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return (await execute(process.execPath, [name], { cwd: folder })).stdout
}

/** Where it says that it listens. */
function answering({ stdout, stderr }: ChildProcessWithoutNullStreams): Promise<string> {
  return new Promise((resolve) => {
    let said = ''
    const listen = (chunk: Buffer) => {
      said += chunk.toString()
      const found = /answering at (http:\S+)/.exec(said)?.[1]
      if (found !== undefined) resolve(found)
    }
    stdout.on('data', listen)
    stderr.on('data', listen)
  })
}

test('when the packed library is imported in an empty folder, then it checks a component like the command line does', async () => {
  const { port } = server.address() as AddressInfo
  const config = `version: 1
agent: { allow_http: [ "127.0.0.1" ] }
components:
  app:
    source: { type: http, url: "http://127.0.0.1:${port}/latest.json" }
    strategy: { type: directory, path: ${join(folder, 'app')}, layout: slots, service: { type: none } }
`
  await writeFile(join(folder, 'belay.yaml'), config)
  const output = await run(
    'check.js',
    `import { openBelay } from 'belay'
const belay = await openBelay({ config: 'belay.yaml', state: 'state' })
const report = await belay.check({ force: true })
const found = report instanceof Map ? Object.fromEntries(report) : report
console.log(JSON.stringify({ found, versions: await belay.versions(), runs: await belay.runs() }))
await belay.close()
`,
  )
  expect(output).toContain('"latest":"1.1.0"')
  expect(output).toContain('"app"')
})

test('when a program in TypeScript uses the packed library, then its types say what it does', async () => {
  await writeFile(
    join(folder, 'typed.ts'),
    `import { openBelay } from 'belay'
const belay = await openBelay({ config: 'belay.yaml', state: 'state' })
const stop: () => void = belay.subscribe(() => {})
stop()
await belay.plan('app', { to: '1.1.0' })
await belay.update('app', { dryRun: true })
await belay.rollback('app', { to: '1.0.0' })
// @ts-expect-error a number is no component
await belay.plan(1)
await belay.close()
`,
  )
  const options = {
    compilerOptions: {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      typeRoots: [join(root, 'node_modules/@types')],
      types: ['node'],
    },
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ ...options, files: ['typed.ts'] }))
  const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/.bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
})

test('when the packed agent installs a release, then its thread for steps that move files has come with it', async () => {
  const releases = join(folder, 'releases')
  await packApp(releases, '1.0.0', 1)
  const signal = new AbortController().signal
  const feed = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal })
  const state = join(folder, 'threaded-state')
  const source = { type: 'http', url: `${feed.url}/feed.json`, asset: 'app-{version}.tar.gz' }
  const app = { source, strategy: { type: 'directory', path: join(folder, 'app') }, version: { file: 'VERSION' } }
  const settings = { allow_http: ['127.0.0.1'], listen: '127.0.0.1:0', state }
  await writeFile(join(folder, 'threaded.json'), JSON.stringify({ version: 1, agent: settings, components: { app } }))
  const program = join(folder, 'node_modules/.bin/belay')
  const words = ['-c', 'threaded.json', 'token', 'create', 'test', '--scope', 'admin', '--json']
  const { token } = JSON.parse((await execute(program, words, { cwd: folder })).stdout)
  const agent = spawn(program, ['-c', 'threaded.json', 'agent'], { cwd: folder })
  try {
    const origin = await answering(agent)
    const headers = { authorization: `Bearer ${token.token}`, 'content-type': 'application/json' }
    const begun = await fetch(`${origin}/api/v1/components/app/update`, { method: 'POST', headers, body: '{}' })
    const { run } = (await begun.json()) as { run: string }
    const outcome = async () => {
      const view = await (await fetch(`${origin}/api/v1/runs/${run}`, { headers })).json()
      return (view as { outcome: string }).outcome
    }
    await expect.poll(outcome, { timeout: 120_000 }).toBe('committed')
    expect(await readFile(join(folder, 'app/current/VERSION'), 'utf8')).toContain('1.0.0')
  } finally {
    agent.kill()
    await once(agent, 'close')
    await feed.close()
  }
})

test('when the packed agent is started, then it serves the page that came with it, and names the command that builds it when it is gone', async () => {
  await writeFile(
    join(folder, 'agent.json'),
    JSON.stringify({
      version: 1,
      agent: { listen: '127.0.0.1:0', state: join(folder, 'agent-state') },
      components: {},
    }),
  )
  const agent = spawn(join(folder, 'node_modules/.bin/belay'), ['-c', 'agent.json', 'agent'], { cwd: folder })
  try {
    const origin = await answering(agent)
    const page = await (await fetch(origin)).text()
    const [, script = ''] = /<script type="module" crossorigin src="(\/assets\/[^"]+)"/.exec(page) ?? []
    const answer = await fetch(origin + script, { headers: { 'accept-encoding': 'br' } })
    expect([answer.status, answer.headers.get('content-encoding')]).toEqual([200, 'br'])
    expect(answer.headers.get('cache-control')).toContain('immutable')
    // As a clone is before its page is built.
    await rm(join(folder, 'node_modules/belay/dist/page'), { recursive: true })
    const missing = await fetch(origin)
    expect([missing.status, await missing.text()]).toEqual([503, expect.stringContaining('npm run page')])
    expect((await fetch(`${origin}/healthz`)).status).toBe(200)
  } finally {
    agent.kill()
    await once(agent, 'close')
  }
})

test('when the packed command is started, then it answers with the version of the package', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const { stdout } = await execute(join(folder, 'node_modules/.bin/belay'), ['--version'], { cwd: folder })
  expect(stdout.trim()).toBe(version)
})
