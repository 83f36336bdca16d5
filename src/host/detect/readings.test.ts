import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCheckout } from './checkout.ts'
import { readEngines } from './engines.ts'
import { keptOf, readFiles } from './files.ts'
import { readFolders } from './folders.ts'
import { detectDeployment } from './index.ts'
import { readProcesses } from './processes.ts'
import { reading, readStart } from './read.ts'

const never = new AbortController().signal
let dir = ''
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'belay-detect-')))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('when a file is not there, or is a folder, then that is a reading and no error', async () => {
  expect(await reading(() => readStart(join(dir, 'none')))).toEqual({ errno: 'ENOENT' })
  expect(await reading(() => readStart(dir))).toEqual({ errno: 'EISDIR' })
})

test('when a file is larger than what is read of it, then its beginning is taken', async () => {
  await writeFile(join(dir, 'large'), 'x'.repeat(100))
  expect(await readStart(join(dir, 'large'), 10)).toBe('xxxxxxxxxx')
})

test('when an environment is read, then one variable is kept of it and nothing else', () => {
  const environment = 'DATABASE_URL=postgres://u:p@h/d\0container=lxc\0TOKEN=t\0'
  expect(keptOf('/proc/1/environ', environment)).toBe('container=lxc')
  expect(keptOf('/proc/1/environ', 'TOKEN=t\0')).toBe('')
})

test.each([
  ['processor\t: 0\nflags\t\t: fpu vme hypervisor lahf_lm\n', 'hypervisor'],
  ['processor\t: 0\nflags\t\t: fpu vme lahf_lm\n', 'no hypervisor'],
  ['processor\t: 0\nFeatures\t: fp asimd\n', ''],
])('when the processor says %j, then "%s" is kept', (text, kept) => {
  expect(keptOf('/proc/cpuinfo', text)).toBe(kept)
})

test.runIf(process.platform === 'linux')('when this machine is read, then its namespaces are among it', async () => {
  const files = await readFiles()
  expect(files['/proc/self/ns/pid']).toEqual({ value: expect.stringMatching(/^pid:\[\d+\]$/) })
  expect(files['/proc/self/status']).toEqual({ value: expect.stringMatching(/^NoNewPrivs:\t[01]$/m) })
})

test('when folders are looked through, then trees and compose files are found, one level below a home and no deeper', async () => {
  await mkdir(join(dir, 'crm-backend/.git'), { recursive: true })
  await mkdir(join(dir, 'a/b/.git'), { recursive: true })
  await mkdir(join(dir, '.hidden/.git'), { recursive: true })
  await mkdir(join(dir, 'shop'))
  await writeFile(join(dir, 'shop/compose.yaml'), '')
  const found = (await readFolders(dir, join(dir, 'shop'))).filter(({ path }) => path.startsWith(dir))
  expect(found.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: join(dir, 'crm-backend'), git: true, compose: null },
    { path: join(dir, 'shop'), git: false, compose: 'compose.yaml' },
  ])
})

test('when a folder is very large, then only a part of it is looked at', async () => {
  await Promise.all(Array.from({ length: 300 }, (_, n) => mkdir(join(dir, `f${n}/.git`), { recursive: true })))
  const found = (await readFolders(dir, dir)).filter(({ path }) => path.startsWith(dir))
  expect(found.length).toBeGreaterThan(100)
  expect(found.length).toBeLessThanOrEqual(200)
})

function git(...args: string[]): void {
  const who = ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'init.defaultBranch=main']
  execFileSync('git', [...who, ...args], { cwd: dir, stdio: 'ignore' })
}

test('when we stand inside a work tree, then its changes are counted', async () => {
  git('init')
  await writeFile(join(dir, 'a'), '1')
  git('add', '.')
  git('commit', '-m', 'one')
  await mkdir(join(dir, 'sub'))
  expect(await readCheckout(join(dir, 'sub'), never)).toEqual({ path: dir, changes: 0 })
  await writeFile(join(dir, 'a'), '2')
  await writeFile(join(dir, 'b'), 'new')
  expect(await readCheckout(join(dir, 'sub'), never)).toEqual({ path: dir, changes: 2 })
})

test('when a work tree names a program to be run by git, then looking does not run it', async () => {
  git('init')
  await writeFile(join(dir, 'evil'), `#!/bin/sh\ntouch ${dir}/ran\n`, { mode: 0o755 })
  git('config', 'core.fsmonitor', join(dir, 'evil'))
  await readCheckout(dir, never)
  expect(await reading(() => readStart(join(dir, 'ran')))).toEqual({ errno: 'ENOENT' })
})

test('when what looks like a work tree is none, then that is a reading', async () => {
  await writeFile(join(dir, '.git'), 'gitdir: /nowhere\n')
  expect(await reading(() => readCheckout(dir, never))).toEqual({ errno: 'E_COMMAND_FAILED' })
})

async function listen(path: string, answer: RequestListener): Promise<Server> {
  const server = createServer(answer).listen(path)
  await once(server, 'listening')
  return server
}

test('when engines may listen at several places, then each says what became of it', async () => {
  const labels = {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': 'web',
    'com.docker.compose.project.working_dir': '/srv/shop',
    'com.docker.compose.project.config_files': '/srv/shop/a.yml,/srv/shop/b.yml',
  }
  const asked: string[] = []
  const server = await listen(join(dir, 'docker.sock'), ({ url = '' }, answer) => {
    asked.push(url)
    const version = { Version: '26.1.4', ApiVersion: '1.45', Os: 'linux', Arch: 'amd64' }
    answer.end(
      JSON.stringify(
        url === '/version'
          ? version
          : [
              { Id: 'a', Labels: labels },
              { Id: 'b', Labels: null },
            ],
      ),
    )
  })
  await writeFile(join(dir, 'podman.sock'), '')
  try {
    const env = { DOCKER_HOST: `unix://${dir}/docker.sock`, CONTAINER_HOST: `unix://${dir}/podman.sock` }
    const engines = await readEngines(env, never)
    const at = (address: string) => engines.find((each) => each.address === address)?.answer
    const files = ['/srv/shop/a.yml', '/srv/shop/b.yml']
    const containers = [{ project: 'shop', service: 'web', folder: '/srv/shop', files }]
    expect(at(env.DOCKER_HOST)).toEqual({ value: { name: 'docker', version: '26.1.4', containers } })
    expect(at(env.CONTAINER_HOST)).toEqual({ errno: 'ECONNREFUSED' })
    expect(asked.every((url) => url === '/version' || url.startsWith('/v1.45/containers/json?'))).toBe(true)
  } finally {
    server.close()
  }
})

test('when what listens is no engine, then it is unusable and not an error', async () => {
  const server = await listen(join(dir, 'x.sock'), (_, answer) => answer.end('hello'))
  try {
    const [first] = await readEngines({ DOCKER_HOST: `unix://${dir}/x.sock` }, never)
    expect(first?.answer).toEqual({ errno: 'E_ENGINE_ANSWER' })
  } finally {
    server.close()
  }
})

test.runIf(process.platform === 'linux')(
  'when a program runs somewhere, then it is found there, and we are not',
  async () => {
    const child = spawn('sleep', ['60'], { cwd: dir, stdio: 'ignore', detached: true })
    try {
      await once(child, 'spawn')
      const processes = readProcesses()
      expect(processes.find(({ pid }) => pid === child.pid)).toMatchObject({ cwd: dir, terminal: false })
      expect(processes.find(({ pid }) => pid === process.pid)).toBeUndefined()
    } finally {
      child.kill('SIGKILL')
    }
  },
)

test('when the folder that we stand in is gone, then there is an answer all the same', async () => {
  const cwd = join(dir, 'gone')
  const host = await detectDeployment({ cwd, env: { HOME: cwd }, program: dir })
  expect(host.strategy.type).toBe('directory')
  expect(host.development).toBeNull()
})

test('when somebody stands in a work tree with changes, then it is a place of development, and git is chosen', async () => {
  git('init')
  await writeFile(join(dir, 'a'), '1')
  const host = await detectDeployment({ cwd: dir, env: { HOME: '/nowhere' }, program: '/nowhere' })
  expect(host.development).toMatchObject({ path: dir, changes: 1 })
  expect(host.strategy).toEqual({ type: 'git', localChanges: 'stash', why: 'development' })
})
