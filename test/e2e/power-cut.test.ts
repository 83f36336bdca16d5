import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import { seed, seeded, whole } from '../crash/support/sample.ts'
import { appUnit, buildAppReleases } from './bed/app.ts'
import { type Bed, type Device, type Door, startBed } from './bed/index.ts'

/**
 * A real host under systemd loses its power, or is rebooted, between any two records of an in-place update. At the next
 * boot `belay-resume.service` must put the tree right before the application may start, and what needs the application
 * follows by itself. `npm run test:crash` takes every record, `npm test` a sample.
 */
let bed: Bed
let door: Door
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  releases = await mkdtemp(join(tmpdir(), 'belay-app-releases-'))
  await buildAppReleases(releases)
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  if (releases !== undefined) await rm(releases, { recursive: true, force: true })
})

/** JSON is YAML: one config for the command line and for the harness that stops at a record. */
const config = () =>
  JSON.stringify({
    version: 1,
    agent: { allow_http: ['host.bed'] },
    components: {
      app: {
        source: { type: 'github', repo: 'example/app', api: door.url, asset: 'app-{version}.tar.gz' },
        strategy: {
          type: 'directory',
          path: '/opt/app',
          layout: 'in-place',
          preserve: ['config/**'],
          service: { type: 'systemd', unit: 'app' },
        },
        version: { file: 'VERSION' },
        checks: {
          before: [{ type: 'permissions' }],
          after: [
            { type: 'service_active', timeout_seconds: 60, stable_seconds: 0 },
            { type: 'health_endpoint', url: 'http://127.0.0.1:8080/health', timeout_seconds: 60 },
            { type: 'version_check' },
          ],
        },
      },
    },
  })

const configFile = '/etc/belay/belay.yaml'
const state = '/var/lib/belay'

async function hostWithTheApp(): Promise<Device> {
  const device = await bed.device()
  await device.must(['useradd', '--system', 'app'])
  await device.must(['install', '-d', '-o', 'app', '-g', 'app', '/opt/app', '/var/lib/app'])
  await device.copyIn(join(releases, 'app-1.0.0.tar.gz'), '/root/app.tar.gz')
  await device.must(['tar', '-C', '/opt/app', '-xzf', '/root/app.tar.gz'])
  await device.must(['chown', '-R', 'app:app', '/opt/app'])
  await device.writeFile('/opt/app/config/app.json', '{ "greeting": "edited by hand" }\n', { owner: 'app:app' })
  await device.writeFile(
    '/etc/systemd/system/app.service',
    appUnit({ root: '/opt/app', data: '/var/lib/app', user: 'app' }),
  )
  await device.writeFile(configFile, config())
  await device.must(['systemctl', 'enable', '--now', 'app'])
  return device
}

/** Runs the update until its nth record is on disk, and holds it there. */
async function updateUntil(device: Device, to: string, record: number): Promise<{ readonly ended: Promise<unknown> }> {
  const ended = device.exec(
    ['node', '/opt/belay/test/crash/support/agent.ts', configFile, state, `update ${to}`, `stop:${record}`],
    { timeoutMs: 600_000 },
  )
  const stopped = async () =>
    (await device.exec(['sh', '-c', 'ps -eo stat,args | grep "[a]gent.ts" | grep -c "^T"'])).stdout.trim()
  await expect.poll(stopped, { timeout: 180_000, interval: 50 }).toBe('1')
  // In an object: a promise of a promise would wait for the process that stands still.
  return { ended }
}

interface Row {
  readonly outcome: string
  readonly to: string
}

/** After the boot everything goes on by itself; this only waits until nothing is unfinished. */
async function settled(device: Device): Promise<Row> {
  const newest = async (): Promise<Row> => {
    const { stdout } = await device.exec(['belay', '-c', configFile, '--state', state, 'history', 'app', '--json'])
    return stdout.startsWith('{')
      ? ((JSON.parse(stdout) as { runs: Row[] }).runs[0] ?? { outcome: 'none', to: '' })
      : { outcome: `unfinished, as far as is known: ${stdout}`, to: '' }
  }
  await expect.poll(async () => (await newest()).outcome, { timeout: 180_000, interval: 100 }).not.toMatch(/unfinished/)
  return newest()
}

async function treeHash(device: Device): Promise<string> {
  const list = 'cd /opt/app && find . -type f ! -path "./config/*" -print0 | sort -z | xargs -0 sha256sum | sha256sum'
  return device.must(['sh', '-c', list])
}

async function everythingIsOneVersion(device: Device, trees: ReadonlyMap<string, string>, at: string): Promise<void> {
  const { outcome } = await settled(device)
  expect(['committed', 'rolled-back', 'failed'], at).toContain(outcome)
  const version = outcome === 'committed' ? '1.1.0' : '1.0.0'
  await expect
    .poll(async () => (await device.exec(['systemctl', 'is-active', 'app'])).stdout.trim(), { timeout: 120_000 })
    .toBe('active')
  await expect
    .poll(async () => (await device.http(8080, '/').catch(() => null))?.status ?? 0, { timeout: 120_000 })
    .toBe(200)
  const answer = JSON.parse((await device.http(8080, '/')).body) as { version: string; greeting: string }
  expect(answer, at).toMatchObject({ version, greeting: 'edited by hand' })
  expect(await treeHash(device), at).toBe(trees.get(version))
  const guard = await device.exec(['systemctl', 'is-failed', 'belay-resume.service'])
  expect(guard.stdout.trim(), at).not.toBe('failed')
}

test(`when the power goes or the host reboots between two records (seed ${seed}), then the next boot makes it one version`, {
  timeout: 3_600_000,
}, async () => {
  await using device = await hostWithTheApp()
  const trees = new Map([['1.0.0', await treeHash(device)]])
  const first = await device.must([
    'node',
    '/opt/belay/test/crash/support/agent.ts',
    configFile,
    state,
    'update 1.1.0',
    'never',
  ])
  const records = Number(/APPENDS (\d+)/.exec(first)?.[1])
  expect(records).toBeGreaterThan(10)
  trees.set('1.1.0', await treeHash(device))
  const points = Array.from({ length: records - 1 }, (_, i) => [`power ${i + 1}`, `reboot ${i + 1}`]).flat()
  for (const point of seeded(points, 6, 'power cut')) {
    await device.must(['belay', '-c', configFile, '--state', state, 'resume'])
    if ((await device.must(['cat', '/opt/app/VERSION'])).trim() !== '1.0.0') {
      await device.must(['belay', '-c', configFile, '--state', state, 'rollback', 'app', '--to', '1.0.0', '--yes'])
    }
    const [how, record] = point.split(' ')
    const held = await updateUntil(device, '1.1.0', Number(record))
    if (how === 'power') {
      await device.powerCut()
      await device.powerOn()
    } else {
      await device.reboot()
    }
    await held.ended
    await everythingIsOneVersion(device, trees, point)
  }
  expect(whole || points.length > 6).toBe(true)
})
