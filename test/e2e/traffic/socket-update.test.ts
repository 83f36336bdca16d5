// needs: bed
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../../src/cli/release/server.ts'
import type { RunReport } from '../../../src/ports/engine.ts'
import type { LoadResult } from '../../fakes/traffic/load-result.ts'
import { packRelease, writeTree } from '../bed/archive.ts'
import { type Bed, type Device, type Door, startBed } from '../bed/index.ts'

const examples = join(import.meta.dirname, '../../../docs/guide/examples/zero-downtime')
const hungMs = 120_000
/** Of people who are there while several updates are made. */
const loadMs = 280_000
let bed: Bed
let door: Door
let dir: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  dir = await mkdtemp(join(tmpdir(), 'belay-socket-'))
  for (const version of ['1.0.0', '1.1.0', '1.2.0', '1.3.0']) await publish(version)
  server = await serveReleases({
    dir: join(dir, 'releases'),
    host: '127.0.0.1',
    port: 0,
    signal: new AbortController().signal,
  })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  await rm(dir, { recursive: true, force: true })
})

/** The server of the guide. 1.2.0 ends before it takes anybody. */
async function publish(version: string): Promise<void> {
  const tree = join(dir, version)
  const program = version === '1.2.0' ? 'process.exit(1)\n' : await readFile(join(examples, 'server.mjs'), 'utf8')
  await writeTree(tree, {
    VERSION: `${version}\n`,
    'server.mjs': program,
    'graceful.mjs': await readFile(join(examples, 'graceful.mjs'), 'utf8'),
  })
  await mkdir(join(dir, 'releases', version), { recursive: true })
  await packRelease(tree, 'flat', version, join(dir, 'releases', version, `crm-${version}.tar.gz`))
}

/** The config of the guide, with the releases of this test. */
async function install(device: Device, more = ''): Promise<void> {
  await device.must(['useradd', '--system', 'crm'])
  for (const unit of ['crm.socket', 'crm-queue.service', 'crm@.service']) {
    await device.copyIn(join(examples, unit), `/etc/systemd/system/${unit}`)
  }
  await device.must(['systemctl', 'daemon-reload'])
  const text = await readFile(join(examples, 'socket.yaml'), 'utf8')
  const config = text
    .replace(
      /^ {4}source: .*$/m,
      `    source: { type: http, url: "${door.url}/feed.json", asset: "crm-{version}.tar.gz" }`,
    )
    .replace('version: 1\n', 'version: 1\nagent: { allow_http: [ host.bed ] }\n')
    .replace('drain: { streams: 10m }', `drain: { streams: 10m }${more}`)
  await device.writeFile('/etc/belay/belay.yaml', config)
}

async function belay(device: Device, ...args: string[]) {
  const { code, stdout, stderr } = await device.exec(['belay', '-c', '/etc/belay/belay.yaml', ...args, '--json'], {
    timeoutMs: hungMs,
  })
  return { code, text: `${stdout}${stderr}`, report: (stdout.startsWith('{') ? JSON.parse(stdout) : {}) as RunReport }
}

async function active(device: Device): Promise<readonly string[]> {
  const states = await device.exec(['systemctl', 'is-active', 'crm@blue', 'crm@green', 'crm.socket'])
  return states.stdout.trim().split('\n')
}

/** People inside the device, for as long as `work` takes. */
async function noticed(device: Device, work: () => Promise<void>): Promise<LoadResult> {
  const started = '/root/started'
  const options = { url: 'http://127.0.0.1:8080', slow: 0, streams: 0, started }
  await device.must(['rm', '-f', started])
  const load = device.must(['node', '/opt/belay/test/fakes/traffic/load.ts', JSON.stringify(options)], {
    timeoutMs: loadMs,
  })
  await expect.poll(async () => (await device.exec(['test', '-e', started])).code, { timeout: hungMs }).toBe(0)
  await work()
  // The newest, without those that only wait for it; in brackets, so that it does not mean itself.
  await device.must(['pkill', '--full', '--newest', '--signal', 'TERM', '[t]raffic/load.ts'])
  const text = await load
  if (process.env['BELAY_TEST_FIGURES'] !== undefined) process.stderr.write(`${text}\n`)
  return JSON.parse(text) as LoadResult
}

test('when a socket is shared, then a plan says what its units lack, and an update loses nobody, nor does a bad version', async () => {
  await using device = await bed.device()
  await install(device)
  const refused = await belay(device, 'update', 'crm', '--to', '1.0.0', '--yes')
  expect(refused.text).toContain('systemctl enable --now crm.socket')
  await device.must(['systemctl', 'enable', '--now', 'crm.socket'])

  const first = await belay(device, 'update', 'crm', '--to', '1.0.0', '--yes')
  expect(first.report.outcome, first.text).toBe('committed')
  expect(await active(device)).toEqual(['active', 'inactive', 'active'])

  const seen = await noticed(device, async () => {
    const updated = await belay(device, 'update', 'crm', '--to', '1.1.0', '--yes')
    expect(updated.report, updated.text).toMatchObject({ outcome: 'committed', downtime_ms: 0 })
    expect(await active(device)).toEqual(['inactive', 'active', 'active'])
    const failed = await belay(device, 'update', 'crm', '--to', '1.2.0', '--yes')
    expect(failed.report.outcome, failed.text).toBe('rolled-back')
    expect(await active(device)).toEqual(['inactive', 'active', 'active'])
    const back = await belay(device, 'rollback', 'crm', '--yes')
    expect(back.report, back.text).toMatchObject({ outcome: 'committed', to: '1.0.0' })
  })
  expect(seen.failed).toEqual({})
  expect(Object.keys(seen.versions)).toEqual(['1.0.0', '1.1.0'])
  expect(await active(device)).toEqual(['active', 'inactive', 'active'])
})

test('when it may not run twice, then people wait while one version follows the other, and none is lost', async () => {
  await using device = await bed.device()
  await install(device, '\n        twice: false')
  await device.must(['systemctl', 'enable', '--now', 'crm.socket'])
  const refused = await belay(device, 'update', 'crm', '--to', '1.0.0', '--yes')
  expect(refused.text).toContain('write TimeoutStopSec=30')
  await device.must(['sed', '-i', 's/^TimeoutStopSec=.*/TimeoutStopSec=30/', '/etc/systemd/system/crm@.service'])
  await device.must(['systemctl', 'daemon-reload'])
  await belay(device, 'update', 'crm', '--to', '1.0.0', '--yes')
  const seen = await noticed(device, async () => {
    const updated = await belay(device, 'update', 'crm', '--to', '1.1.0', '--yes')
    expect(updated.report.outcome, updated.text).toBe('committed')
  })
  expect(seen.failed).toEqual({})
  const [old, young] = [seen.versions['1.0.0'], seen.versions['1.1.0']]
  expect(old?.lastAtMs).toBeLessThan(young?.firstAtMs ?? 0)
  const left = await device.must(['journalctl', '-u', 'crm-queue', '-o', 'cat'])
  expect(left).toContain('Finished')
})
