import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { problemOf } from '../../core/model/problem.ts'
import { nobody, sharesFor } from '../../core/traffic/slots.ts'
import { systemClock } from '../../host/clock.ts'
import { commandTraffic } from './index.ts'
import { filled } from './programs.ts'
import { commandTrafficSchema } from './schema.ts'

const never = new AbortController().signal
const kind = commandTraffic(systemClock())
const service = { component: 'crm', spec: { type: 'none' }, cwd: '/', user: null }
const slots = { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '127.0.0.1', port: 8002 } }

/** Programs that keep in a file what they were told last. */
async function open(changed: object = {}, of: typeof slots | null = slots) {
  const dir = await mkdtemp(join(tmpdir(), 'belay-command-'))
  onTestFinished(() => rm(dir, { recursive: true }))
  await writeFile(join(dir, 'now'), 'blue\n')
  const config = commandTrafficSchema.parse({
    type: 'command',
    switch: sh('echo "$0" > now; echo "$0 $1 $2 $3" > told', '{slot}', '{other}', '{port}', '{percent}'),
    active: ['cat', 'now'],
    cwd: dir,
    timeout: '1m',
    ...changed,
  })
  const ref = { component: 'crm', spec: { type: 'command' }, slots: of, services: { blue: service, green: service } }
  return {
    abilities: kind.abilities(config),
    traffic: kind.open(config, ref),
    complaints: async () => kind.complaints?.(config, ref, never),
  }
}

function sh(text: string, ...args: readonly string[]) {
  return ['sh', '-c', text, ...args] as const
}

test('when something is to be put into arguments then the four words are, and no others', () => {
  const values = { slot: 'green', port: 8002, percent: 25 } as const
  expect(filled(['p', '{slot}/{other}', '{port}:{percent}', '{"a":"{b}"}'], values)).toEqual([
    'p',
    'green/blue',
    '8002:25',
    '{"a":"{b}"}',
  ])
})

test('when it is switched then the program gets slot, other, port and percent, and active is believed', async () => {
  const { traffic } = await open({ open: sh('cut -d " " -f 3 told') })
  expect(await traffic.served(never)).toEqual({ shares: sharesFor('blue', 100), persisted: sharesFor('blue', 100) })
  await traffic.route(sharesFor('green', 100), never)
  expect((await traffic.served(never)).shares).toEqual(sharesFor('green', 100))
  expect(await traffic.open('green', never)).toBe(8002)
})

test('when people are divided then share is run, and active tells the part', async () => {
  const { traffic, abilities } = await open({ share: sh('echo "$0 $1" > now', '{slot}', '{percent}') })
  expect(abilities).toMatchObject({ way: 'routes', weights: true, holds: false })
  await traffic.route(sharesFor('green', 5), never)
  expect((await traffic.served(never)).shares).toEqual({ blue: 95, green: 5 })
  const without = await open()
  expect(without.abilities.weights).toBe(false)
  await expect(without.traffic.route(sharesFor('green', 5), never)).rejects.toMatchObject({
    problem: { code: 'E_TRAFFIC_REFUSED', hint: expect.stringContaining('share') },
  })
})

test('when the switch fails then it is refused with its last lines, and when active says otherwise, too', async () => {
  const failing = await open({ switch: sh('echo "no such backend" >&2; exit 3') })
  await expect(failing.traffic.route(sharesFor('green', 100), never)).rejects.toMatchObject({
    problem: { code: 'E_TRAFFIC_REFUSED', message: 'sh (traffic.switch) ended with code 3: no such backend' },
  })
  const idle = await open({ switch: ['true'], timeout: '500ms' })
  // On a machine that stands still its programs may be too slow for that, which is told as such.
  await expect
    .poll(() => idle.traffic.route(sharesFor('green', 100), never).then(() => null, problemOf))
    .toMatchObject({ code: 'E_TRAFFIC_REFUSED', message: expect.stringContaining('says blue, not green') })
})

test('when active comes round a little later then it is waited for', async () => {
  const { traffic } = await open({ switch: sh('(sleep 0.2; echo green > now) >/dev/null 2>&1 &') })
  await traffic.route(sharesFor('green', 100), never)
  expect((await traffic.served(never)).shares).toEqual(sharesFor('green', 100))
})

test('when active fails, hangs or tells no slot then nothing is switched', async () => {
  // What hangs is given up soon; what answers, however late, is not.
  for (const [active, code, timeout] of [
    [sh('exit 1'), 'E_TRAFFIC_UNREACHABLE', '1m'],
    [sh('sleep 20'), 'E_TRAFFIC_UNREACHABLE', '500ms'],
    [sh('echo red'), 'E_TRAFFIC_CONFIG', '1m'],
    [sh('echo'), 'E_TRAFFIC_CONFIG', '1m'],
  ] as const) {
    const { traffic } = await open({ active, open: ['cat', 'told'], timeout })
    await expect(traffic.route(sharesFor('green', 100), never)).rejects.toMatchObject({ problem: { code } })
    await expect(traffic.open('blue', never)).rejects.toMatchObject({ problem: { code: 'E_TRAFFIC_UNREACHABLE' } })
  }
})

test('when a program is missing, or a port that it asks for, then a complaint says so before anything is run', async () => {
  expect(await (await open()).complaints()).toEqual([])
  const missing = await open({ switch: ['/no/such/switch', '{slot}'] })
  expect(await missing.complaints()).toEqual([expect.stringMatching(/traffic\.switch.*\/no\/such\/switch/)])
  const portless = await open({}, null)
  expect(await portless.complaints()).toEqual([expect.stringContaining('{port}')])
  expect((await portless.traffic.served(never)).shares).not.toEqual(nobody)
})
