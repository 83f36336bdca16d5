// needs: bed
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../../src/cli/release/server.ts'
import { type Bed, type Door, startBed } from '../bed/index.ts'
import {
  config,
  configFile,
  ended,
  history,
  hostWithBelay,
  killAt,
  killed,
  oneAgentOf,
  program,
  update,
} from './support/host.ts'
import { buildProgram, type Fault, packBelay } from './support/program.ts'

/** Belay under systemd updates itself: a real unit, real releases built of this checkout, a driver in a unit of its own. */
let bed: Bed
let door: Door
let built: string
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  built = await buildProgram()
  releases = await mkdtemp(join(tmpdir(), 'belay-releases-'))
  await packBelay(built, releases, '0.1.0')
  await packBelay(built, releases, '0.1.1')
  await packBelay(built, releases, '0.2.0', 'crashes')
  await packBelay(built, releases, '0.3.0', 'hangs')
  await packBelay(built, releases, '0.4.0', 'ill')
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  for (const folder of [built, releases]) if (folder !== undefined) await rm(folder, { recursive: true, force: true })
})

test('when a person updates Belay in a terminal, then the new agent runs, and the terminal is told so', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  const planned = await device.must([...program, 'plan', 'belay', '--to', '0.1.1'])
  expect(planned.replaceAll(/\s+/g, ' ')).toMatch(
    /This is Belay itself: 0\.1\.0 carries the run from beside, in a unit of its own/,
  )
  const updated = await device.exec(update('0.1.1'))
  expect(updated.code, updated.stdout + updated.stderr).toBe(0)
  expect(JSON.parse(updated.stdout)).toMatchObject({ outcome: 'committed', from: '0.1.0', to: '0.1.1' })
  await oneAgentOf(device, '0.1.1', 'by hand')
  const back = await device.exec([...program, 'rollback', 'belay', '--yes', '--json'])
  expect(JSON.parse(back.stdout)).toMatchObject({ outcome: 'committed', from: '0.1.1', to: '0.1.0' })
  await oneAgentOf(device, '0.1.0', 'back')
})

test('D15: when the agent updates itself by policy, then the new one waits for the end of the run and knows it', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url, auto: 'patch' })
  expect(await ended(device)).toMatchObject({ outcome: 'committed', from: '0.1.0', to: '0.1.1' })
  await oneAgentOf(device, '0.1.1', 'by policy')
  const said = await device.journal('belay-agent')
  expect(said).toMatch(/ended committed/)
  expect(said).not.toMatch(/E_[A-Z_]+.*(null|undefined)|Error:/)
  expect((await history(device)).map(({ outcome }) => outcome)).toEqual(['committed'])
})

const broken: readonly (readonly [Fault, string, RegExp])[] = [
  ['crashes', '0.2.0', /not active|failed|activating|did not say/],
  ['hangs', '0.3.0', /did not say within 20 s that it works/],
  ['ill', '0.4.0', /test ended with code 1/],
]
test.each(broken)(
  'when the new version %s, then the one before is back and the journal says why',
  async (_fault, to, why) => {
    await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
    const updated = await device.exec(update(to), { timeoutMs: 120_000 })
    expect(updated.code, updated.stdout + updated.stderr).toBe(3)
    const report = JSON.parse(updated.stdout) as { outcome: string; problem: { message: string } }
    expect(report).toMatchObject({ outcome: 'rolled-back', from: '0.1.0', to })
    expect(report.problem.message).toMatch(why)
    await oneAgentOf(device, '0.1.0', to)
  },
)

test('C7: when a program asks the agent to update Belay, then it has its answer before anything is restarted', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  const made = await device.must([...program, 'token', 'create', 'test', '--scope', 'operate', '--json'])
  const { token } = (JSON.parse(made) as { token: { token: string } }).token
  const headers = ['-H', `Authorization: Bearer ${token}`, '-H', 'Content-Type: application/json']
  const before = await device.must(['cat', '/var/lib/belay/agent.json'])
  const asked = await device.must([
    'curl',
    '-sS',
    '-w',
    '\n%{http_code}',
    ...headers,
    '-d',
    '{"to":"0.1.1"}',
    'http://127.0.0.1:8484/api/v1/components/belay/update',
  ])
  const [answer = '', status] = asked.split('\n')
  expect([200, 202], asked).toContain(Number(status))
  const { run } = JSON.parse(answer) as { run: string }
  expect(await ended(device)).toMatchObject({ run, outcome: 'committed' })
  await oneAgentOf(device, '0.1.1', 'by the API')
  // The one that answered is not the one that runs now.
  expect(await device.must(['cat', '/var/lib/belay/agent.json'])).not.toBe(before)
})

test('W8: when Belay may not restart its own unit, then the plan says so, and nothing is tried', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  await device.must(['useradd', '--create-home', 'whisper'])
  await device.must(['chown', '-R', 'whisper', '/srv/belay'])
  const [node = '', file = ''] = program
  const asked = await device.exec(
    [node, file, '-c', configFile, '--json', 'update', 'belay', '--to', '0.1.1', '--yes'],
    {
      user: 'whisper',
    },
  )
  expect(asked.code).toBe(1)
  expect(asked.stdout).toContain('E_PERMISSION')
  expect(asked.stdout).toMatch(/may not restart/)
  await oneAgentOf(device, '0.1.0', 'without rights')
})

test('when Belay stands in a plain folder, then it refuses to move itself there, with what works', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  await device.must(['cp', '-a', '/srv/belay/releases/0.1.0', '/srv/plain'])
  await device.writeFile(configFile, config({ api: door.url, strategy: { path: '/srv/plain', layout: 'in-place' } }))
  const [node = '', , ...words] = program
  const planned = await device.exec([
    node,
    '/srv/plain/dist/belay.js',
    ...words,
    'plan',
    'belay',
    '--to',
    '0.1.1',
    '--json',
  ])
  expect(planned.code).toBe(1)
  expect(JSON.parse(planned.stdout)).toMatchObject({
    error: { code: 'E_SELF_LAYOUT', hint: expect.stringContaining('layout: slots') },
  })
})

/** Whether a SIGINT waits for the driver, which stands still. */
const toldToGoBack = `for p in $(grep -al '[-]-here' /proc/[0-9]*/cmdline); do
  grep -q '^ShdPnd:.*[2367abef]$' \${p%cmdline}status && exit 0
done; exit 1`

test('when a person presses Ctrl-C, then the driver goes back, and the terminal waits for that', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  await device.must(['mkdir', '-p', '/var/lib/belay-test'])
  await killAt(device, '--here', 'stop:4')
  const updating = device.exec(['sh', '-c', 'echo $$ >/run/updating; exec "$@"', 'sh', ...update('0.1.1')], {
    timeoutMs: 120_000,
  })
  await killed(device)
  await device.must(['sh', '-c', 'kill -INT $(cat /run/updating)'])
  await expect.poll(async () => (await device.exec(['sh', '-c', toldToGoBack])).code).toBe(0)
  await device.must([
    'sh',
    '-c',
    'for i in 1 2 3 4 5 6 7 8 9 10; do sleep 0.2; systemctl kill --signal=CONT "belay-self-*" && break; done',
  ])
  const { code, stdout } = await updating
  expect([1, 3], stdout).toContain(code)
  expect(JSON.parse(stdout)).toMatchObject({ problem: { code: 'E_CANCELLED' } })
  await oneAgentOf(device, '0.1.0', 'cancelled')
})

test('when the agent is killed as it begins its own update, then its next start lets it be carried to its end', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url, auto: 'none' })
  await device.must(['mkdir', '-p', '/etc/systemd/system/belay-agent.service.d', '/var/lib/belay-test'])
  await device.writeFile('/etc/systemd/system/belay-agent.service.d/quick.conf', '[Service]\nRestartSec=1\n')
  await device.must(['systemctl', 'daemon-reload'])
  await killAt(device, 'agent', 'after:1')
  await device.writeFile(configFile, config({ api: door.url, auto: 'patch' }))
  await device.must([...program, 'reload'])
  await killed(device)
  expect(await ended(device)).toMatchObject({ outcome: 'committed', to: '0.1.1' })
  await oneAgentOf(device, '0.1.1', 'killed at the beginning')
})

test('when nobody drives and the new version crashes, then the launcher gives up on it, and the one before puts all back', async () => {
  await using device = await hostWithBelay(bed, built, '0.1.0', { api: door.url })
  await device.must(['mkdir', '-p', '/etc/systemd/system/belay-agent.service.d', '/var/lib/belay-test'])
  await device.writeFile('/etc/systemd/system/belay-agent.service.d/quick.conf', '[Service]\nRestartSec=1\n')
  await device.must(['systemctl', 'daemon-reload'])
  const planned = await device.must([...program, 'plan', 'belay', '--to', '0.2.0', '--json'])
  const { steps } = (JSON.parse(planned) as { plan: { steps: { kind: string }[] } }).plan
  // It stands still where the new version has just been started; then it is gone for good, and its unit with it.
  await killAt(device, '--here', `stop:${steps.findIndex(({ kind }) => kind === 'start') + 2}`)
  const updating = device.exec(update('0.2.0'), { timeoutMs: 120_000 })
  await killed(device)
  // The watcher would start it again.
  await device.must(['pkill', '-KILL', '-f', '[u]pdate belay'])
  await device.exec(['systemctl', 'stop', 'belay-self-*'])
  await updating
  expect(await ended(device)).toMatchObject({ outcome: 'rolled-back', to: '0.2.0' })
  await oneAgentOf(device, '0.1.0', 'without a driver')
  expect(await device.journal('belay-agent')).toMatch(/this version cannot start/)
})
