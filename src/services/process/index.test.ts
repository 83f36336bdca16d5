import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { systemClock } from '../../host/clock.ts'
import { processInfo } from '../../host/process/find.ts'
import { processServices } from './index.ts'
import { serviceFolder } from './record.ts'
import { processServiceSchema } from './schema.ts'

const never = new AbortController().signal
const idle = 'setInterval(()=>{},1000)'
let dir = ''
let cleanup: (() => Promise<unknown>)[] = []

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'belay-process-')))
  cleanup = []
})
afterEach(async () => {
  for (const end of cleanup) await end()
  await rm(dir, { recursive: true, force: true })
})

const folder = () => serviceFolder(join(dir, 'state'), 'app')

function open(
  code: string,
  more: {
    cwd?: string
    env?: Record<string, string>
    stop_timeout?: string
    command?: string[]
    settleMs?: number
  } = {},
) {
  const { cwd = dir, command = [process.execPath, '-e', code], settleMs = 40, ...rest } = more
  const kind = processServices({ stateDir: join(dir, 'state'), clock: systemClock(), settleMs })
  const spec = { type: 'process' as const, command, ...rest }
  const service = kind.open(kind.config.parse(spec), { component: 'app', spec, cwd, user: null })
  cleanup.push(() => service.stop(never))
  return service
}

async function line(file: string): Promise<string> {
  await expect.poll(() => readFile(file, 'utf8').catch(() => '')).toMatch(/\n/)
  return (await readFile(file, 'utf8')).trim()
}

test('when the folder is a link then the process stands in what it led to at its start', async () => {
  await mkdir(join(dir, 'releases/1'), { recursive: true })
  await mkdir(join(dir, 'releases/2'))
  await symlink('releases/1', join(dir, 'current'))
  const service = open(idle, { cwd: join(dir, 'current') })
  await service.start(never)
  await symlink('releases/2', join(dir, 'next'))
  await rename(join(dir, 'next'), join(dir, 'current'))
  expect((await service.inspect()).paths).toEqual([join(dir, 'current'), join(dir, 'releases/1')])
})

test('when the record was never written then the process is found by its marker, not the child that inherits it', async () => {
  const child = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(idle)}],{stdio:'ignore'});console.log('up');${idle}`
  const service = open(child)
  await service.start(never)
  const { pid } = await service.inspect()
  await expect.poll(() => service.logs(0, 5)).toContain('up')
  await rm(folder().record)
  expect((await service.inspect()).pid).toBe(pid)
})

test('when there is no record and only a child is left that inherited the marker then the service does not run', async () => {
  const child = `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(idle)}],{stdio:'ignore'});console.log('up');${idle}`
  const service = open(child)
  await service.start(never)
  await expect.poll(() => service.logs(0, 5)).toContain('up')
  process.kill((await service.inspect()).pid ?? -1, 'SIGKILL')
  await expect.poll(async () => (await service.inspect()).running).toBe(false)
  await rm(folder().record)
  expect(await service.inspect()).toMatchObject({ running: false, state: 'stopped' })
})

test('when a recycled pid is in the record then it is not taken for the service, nor stopped', async () => {
  const stranger: ChildProcess = spawn(process.execPath, ['-e', `console.log(1);${idle}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  cleanup.push(async () => stranger.kill('SIGKILL'))
  await once(stranger.stdout ?? stranger, 'data')
  const service = open(idle)
  await service.start(never)
  const record = JSON.parse(await readFile(folder().record, 'utf8')) as Record<string, unknown>
  await service.stop(never)
  const info = processInfo(stranger.pid ?? -1)
  await writeFile(
    folder().record,
    JSON.stringify({ ...record, pid: stranger.pid, startTicks: (info?.startTicks ?? 0) - 500 }),
  )
  expect(await service.inspect()).toMatchObject({ running: false, state: 'dead' })
  await service.stop(never)
  expect(processInfo(stranger.pid ?? -1)).not.toBeNull()
})

test('when only a stray child is left then the service is dead, and starting it ends the stray first', async () => {
  const pidFile = join(dir, 'stray')
  const stray = `require('fs').writeFileSync(${JSON.stringify(pidFile)},process.pid+'\\n');${idle}`
  const service = open(
    `require('child_process').spawn(process.execPath,['-e',${JSON.stringify(stray)}],{stdio:'ignore',detached:true});${idle}`,
  )
  await service.start(never)
  const strayPid = Number(await line(pidFile))
  const { pid } = await service.inspect()
  process.kill(pid ?? -1, 'SIGKILL')
  await expect.poll(async () => (await service.inspect()).state).toBe('dead')
  expect(processInfo(strayPid)).not.toBeNull()
  await rm(pidFile)
  await service.start(never)
  expect(processInfo(strayPid)).toBeNull()
  expect(Number(await line(pidFile))).not.toBe(strayPid)
})

test('when it ignores TERM then it is killed after stop_timeout, with its children in other sessions', async () => {
  const pidFile = join(dir, 'child')
  const child = `process.on('SIGTERM',()=>{});require('fs').writeFileSync(${JSON.stringify(pidFile)},process.pid+'\\n');${idle}`
  const service = open(
    `process.on('SIGTERM',()=>{});require('child_process').spawn(process.execPath,['-e',${JSON.stringify(child)}],{stdio:'ignore',detached:true});${idle}`,
    { stop_timeout: '200ms' },
  )
  await service.start(never)
  const childPid = Number(await line(pidFile))
  const { pid } = await service.inspect()
  const begun = performance.now()
  await service.stop(never)
  expect(performance.now() - begun).toBeGreaterThan(190)
  expect([processInfo(pid ?? -1), processInfo(childPid)]).toEqual([null, null])
  expect((await service.inspect()).state).toBe('stopped')
})

test('when its program does not exist then that is said, and nothing is left behind', async () => {
  const service = open('', { command: ['./bin/app'] })
  await expect(service.start(never)).rejects.toMatchObject({ problem: { code: 'E_COMMAND_NOT_FOUND' } })
  expect((await service.inspect()).state).toBe('stopped')
})

test('when its folder does not exist then starting fails as a start', async () => {
  await expect(open(idle, { cwd: join(dir, 'gone') }).start(never)).rejects.toMatchObject({
    problem: { code: 'E_SERVICE_START' },
  })
})

test('when it dies at once then the failure shows the lines of this start alone', async () => {
  const service = open('console.log(`line of run ${process.env.N}`);process.exit(4)', {
    env: { N: '1' },
    settleMs: 60_000,
  })
  await service.start(never).catch(() => {})
  const second = open('console.log(`line of run ${process.env.N}`);process.exit(4)', {
    env: { N: '2' },
    settleMs: 60_000,
  })
  const error = await second.start(never).catch((thrown: unknown) => thrown)
  expect(error instanceof BelayError && error.problem.facts).toMatchObject({ code: 4, lines: ['line of run 2'] })
})

test('when the log is full then it is moved aside at the start, and at most five files are kept', async () => {
  await mkdir(folder().dir, { recursive: true })
  for (const n of [1, 2, 3, 4]) await writeFile(`${folder().log}.${n}`, `old ${n}`)
  await writeFile(folder().log, Buffer.alloc(10 * 1024 * 1024, 'x'))
  await open(`console.log('fresh');${idle}`).start(never)
  expect((await stat(`${folder().log}.1`)).size).toBe(10 * 1024 * 1024)
  expect(await readFile(`${folder().log}.4`, 'utf8')).toBe('old 3')
  await expect(stat(`${folder().log}.5`)).rejects.toThrow()
  await expect.poll(() => readFile(folder().log, 'utf8')).toBe('fresh\n')
})

test('when a running service has filled its log then looking at it bounds the log, and it goes on writing there', async () => {
  const trigger = join(dir, 'go')
  const service = open(
    `process.stdout.write('x'.repeat(11*1024*1024)+'\\n');console.log('end');setInterval(()=>{if(require('fs').existsSync(${JSON.stringify(trigger)})){console.log('after');process.exitCode=0}},20)`,
  )
  await service.start(never)
  await expect.poll(() => service.logs(0, 1)).toEqual(['end'])
  await service.inspect()
  expect((await stat(`${folder().log}.1`)).size).toBe(10 * 1024 * 1024)
  expect((await stat(folder().log)).size).toBe(0)
  await writeFile(trigger, '')
  await expect.poll(() => service.logs(0, 1)).toEqual(['after'])
})

test('when nothing was written since a time then there are no lines', async () => {
  const service = open(idle)
  await service.start(never)
  expect(await service.logs(Date.now() + 60_000, 5)).toEqual([])
})

test('when belay is killed right after the start then the service runs on, and another belay finds it', async () => {
  const service = open(idle)
  const here = JSON.stringify(import.meta.dirname)
  const starter = `
    const { processServices } = await import(${here} + '/index.ts')
    const { systemClock } = await import(${here} + '/../../host/clock.ts')
    const kind = processServices({ stateDir: process.argv[1], clock: systemClock(), settleMs: 20 })
    const spec = { type: 'process', command: [process.execPath, '-e', ${JSON.stringify(idle)}] }
    await kind.open(kind.config.parse(spec), { component: 'app', spec, cwd: process.argv[1], user: null }).start(new AbortController().signal)
    process.kill(process.pid, 'SIGKILL')`
  await mkdir(join(dir, 'state'), { recursive: true })
  const belay = spawn(process.execPath, ['--input-type=module', '-e', starter, join(dir, 'state')], {
    stdio: 'inherit',
  })
  expect(await once(belay, 'exit')).toEqual([null, 'SIGKILL'])
  expect(await service.inspect()).toMatchObject({ running: true, state: 'running' })
})

test.runIf(process.getuid?.() === 0)(
  'when it has a user then it runs as that user, and its log stays with belay',
  async () => {
    const kind = processServices({ stateDir: join(dir, 'state'), clock: systemClock(), settleMs: 40 })
    const spec = { type: 'process' as const, command: ['sleep', '1000'] }
    const service = kind.open(kind.config.parse(spec), { component: 'app', spec, cwd: '/', user: 'nobody' })
    cleanup.push(() => service.stop(never))
    await service.start(never)
    expect(await service.inspect()).toMatchObject({ running: true, user: 'nobody' })
    expect((await stat(folder().log)).uid).toBe(0)
  },
)

test.each([
  [{ command: [] }, 'command'],
  [{ command: ['a'], stop_timeout: '10 seconds' }, 'stop_timeout'],
  [{ command: ['a'], env: { 'A=B': 'x' } }, 'env'],
  [{ command: ['a'], restart: true }, ''],
])('when the config is %j then it is refused', (config, at) => {
  const result = processServiceSchema.safeParse({ type: 'process', ...config })
  expect(result.error?.issues[0]?.path[0] ?? '').toBe(at)
  expect(result.success).toBe(false)
})

test('when a config is parsed twice then it stays the same', () => {
  const once = processServiceSchema.parse({ type: 'process', command: ['a'], stop_timeout: '2m', env: { PORT: 80 } })
  expect(once).toMatchObject({ stop_timeout: 120_000, env: { PORT: '80' } })
  expect(processServiceSchema.parse(once)).toEqual(once)
})
