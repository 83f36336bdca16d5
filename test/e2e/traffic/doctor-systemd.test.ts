// needs: bed
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DoctorDocument } from '../../../src/cli/render/doctor.ts'
import { type Bed, type Device, startBed } from '../bed/index.ts'

const guide = resolve(import.meta.dirname, '../../../docs/guide')
const examples = join(guide, 'examples/zero-downtime')

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

const unit = `[Service]
WorkingDirectory=/srv/web/%i
EnvironmentFile=/srv/web/%i.env
ExecStart=/usr/local/bin/node server.mjs
TimeoutStopSec=20
`

function config(name: string, service: string, traffic: object): string {
  const strategy = {
    type: 'directory',
    path: `/srv/${name}`,
    layout: 'slots',
    service: { type: 'systemd', unit: service },
    traffic,
  }
  const source = { type: 'http', url: 'https://releases.example.org/feed.json' }
  return JSON.stringify({ version: 1, components: { [name]: { source, strategy, version: { file: 'VERSION' } } } })
}

/** Installed by hand as an update leaves it, with blue as the slot that people get. */
async function tree(device: Device, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  const at = (file: string) => `/srv/${name}/${file}`
  await device.must(['mkdir', '-p', at('releases/1.0.0')])
  for (const [file, text] of Object.entries({ VERSION: '1.0.0\n', ...files })) {
    await device.writeFile(at(`releases/1.0.0/${file}`), text)
  }
  for (const link of ['current', 'blue']) await device.must(['ln', '-s', 'releases/1.0.0', at(link)])
  await device.writeFile(at('blue.env'), 'BELAY_SLOT=blue\nPORT=8001\n')
}

async function doctor(device: Device, name: string): Promise<DoctorDocument> {
  const { stdout, stderr } = await device.exec(['belay', '--json', '-c', '/etc/belay/belay.yaml', 'doctor', name])
  if (stdout === '') throw new Error(stderr)
  return JSON.parse(stdout) as DoctorDocument
}

test('when a template unit is tried then it drains, and its slot is as it was', async () => {
  await using device = await bed.device()
  const program = /^```js\n(.*?)^```/ms.exec(await readFile(join(guide, 'graceful-shutdown.md'), 'utf8'))?.[1] ?? ''
  await tree(device, 'web', { 'server.mjs': program })
  await device.writeFile('/etc/systemd/system/web@.service', unit)
  await device.must(['systemctl', 'daemon-reload'])
  await device.must(['systemctl', 'start', 'web@blue'])
  const traffic = {
    type: 'command',
    active: ['echo', 'blue'],
    switch: ['false'],
    front: 'http://127.0.0.1:8001/',
    slots: { blue: 8001, green: 8002 },
    ready: { path: '/' },
  }
  await device.writeFile('/etc/belay/belay.yaml', config('web', 'web@', traffic))
  const { trial, findings } = await doctor(device, 'web')
  expect(trial).toMatchObject({
    slot: 'green',
    verdict: 'drains',
    process: { patience_ms: 20_000 },
    served: { failed: 0, steady: true },
    port: { answered: 'yes' },
  })
  expect(findings).toEqual([])
  expect((await device.must(['ls', '/srv/web'])).split('\n').filter(Boolean)).toEqual([
    'blue',
    'blue.env',
    'current',
    'releases',
  ])
  expect((await device.exec(['systemctl', 'is-active', 'web@green'])).stdout.trim()).toBe('inactive')
  await device.writeFile('/etc/belay/belay.yaml', config('web', 'wbe@', traffic))
  expect((await doctor(device, 'web')).findings.map(({ code }) => code)).toEqual(['service-missing'])
})

test('when both slots share a socket then nothing is started, and a unit that is killed too soon is found', async () => {
  await using device = await bed.device()
  const files = ['server.mjs', 'graceful.mjs'] as const
  const [server = '', graceful = ''] = await Promise.all(files.map((file) => readFile(join(examples, file), 'utf8')))
  await tree(device, 'crm', { 'server.mjs': server, 'graceful.mjs': graceful })
  await device.must(['useradd', '--system', 'crm'])
  for (const name of ['crm.socket', 'crm-queue.service', 'crm@.service']) {
    await device.copyIn(join(examples, name), `/etc/systemd/system/${name}`)
  }
  await device.must(['sed', '-i', 's/^TimeoutStopSec=.*/TimeoutStopSec=90/', '/etc/systemd/system/crm@.service'])
  await device.must(['systemctl', 'daemon-reload'])
  await device.must(['systemctl', 'enable', '--now', 'crm.socket'])
  await device.must(['systemctl', 'start', 'crm@blue'])
  const traffic = { type: 'socket', unit: 'crm.socket', front: 'http://127.0.0.1:8080/', drain: { streams: '10m' } }
  await device.writeFile('/etc/belay/belay.yaml', config('crm', 'crm@', traffic))
  const seen = await doctor(device, 'crm')
  expect([seen.trial, seen.not_tried]).toEqual([null, { why: 'refused' }])
  expect(seen.findings).toEqual([expect.objectContaining({ what: expect.stringContaining('TimeoutStopSec=600') })])
  await device.must(['sed', '-i', 's/^TimeoutStopSec=.*/TimeoutStopSec=600/', '/etc/systemd/system/crm@.service'])
  await device.must(['systemctl', 'daemon-reload'])
  expect(await doctor(device, 'crm')).toMatchObject({ findings: [], trial: null, not_tried: { why: 'shared-door' } })
  expect((await device.exec(['systemctl', 'is-active', 'crm@green'])).stdout.trim()).toBe('inactive')
})
