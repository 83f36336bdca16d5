import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appUnit, buildAppReleases } from './app.ts'
import { type Bed, type Device, startBed } from './index.ts'
import { flowsFile, helloFlows, type NodeRedReleases, nodeRedReleases, prepareNodeRedHost } from './node-red.ts'

let bed: Bed
let nodeRed: NodeRedReleases
beforeAll(async () => {
  nodeRed = await nodeRedReleases()
  bed = await startBed()
})
afterAll(() => bed?.close())

test('when a Node-RED release is unpacked and prepared offline, then systemd serves it with its flows', async () => {
  await using device = await nodeRedDevice()
  await install(device, 'old')
  await expect.poll(() => runningVersion(device), { timeout: 30_000 }).toBe('4.0.9')
  expect((await device.http(1880, '/')).status).toBe(200)
  expect((await device.http(1880, '/hello')).body).toBe('flows intact')
  expect(JSON.parse((await device.http(1880, '/flows')).body)).toEqual(JSON.parse(helloFlows))

  await install(device, 'next')
  await expect.poll(() => runningVersion(device), { timeout: 30_000 }).toBe('4.1.15')
  expect(await device.readFile(flowsFile)).toBe(helloFlows)
})

test('when the broken Node-RED release is started, then its unit fails', async () => {
  await using device = await nodeRedDevice()
  await install(device, 'broken')
  const result = (): Promise<string> => device.must(['systemctl', 'show', '--value', '--property=Result', 'node-red'])
  await expect.poll(result, { timeout: 30_000 }).toBe('exit-code\n')
  await expect(device.http(1880, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('when the small application is started, then it tells its version, its health and its starts', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belay-app-releases-'))
  const releases = await buildAppReleases(folder)
  await using device = await bed.device({ mounts: [{ from: folder, to: '/srv/app' }] })
  await device.must(['mkdir', '-p', '/opt/app', '/var/lib/app'])
  await device.writeFile('/etc/systemd/system/app.service', appUnit({ root: '/opt/app', data: '/var/lib/app' }))
  const health: number[] = []
  for (const { version } of releases) {
    await device.must(['sh', '-c', `cd /srv/app && sha256sum -c app-${version}.tar.gz.sha256`])
    await device.must(['tar', '-C', '/opt/app', '-xzf', `/srv/app/app-${version}.tar.gz`])
    await device.must(['systemctl', 'restart', 'app'])
    await expect
      .poll(() => device.http(8080, '/').then(({ body }) => JSON.parse(body), String))
      .toMatchObject({ version })
    health.push((await device.http(8080, '/health')).status)
  }
  await rm(folder, { recursive: true })
  expect(health).toEqual([200, 200, 503])
  const answer = JSON.parse((await device.http(8080, '/')).body)
  expect(answer).toEqual({ version: '1.2.0', greeting: 'as shipped', starts: ['1.0.0', '1.1.0', '1.2.0'] })
})

test('when a port is forwarded, then the host calls it by URL, after a reboot too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belay-app-releases-'))
  await buildAppReleases(folder)
  await using device = await bed.device({ mounts: [{ from: folder, to: '/srv/app' }] })
  await device.must(['sh', '-c', 'mkdir -p /opt/app && tar -C /opt/app -xzf /srv/app/app-1.0.0.tar.gz'])
  await device.writeFile('/etc/systemd/system/app.service', appUnit({ root: '/opt/app', data: '/opt/app' }))
  await device.must(['systemctl', 'enable', '--now', 'app'])
  const door = await device.forward(8080)
  const status = (): Promise<number> =>
    fetch(`${door.url}/health`).then(
      (response) => response.status,
      () => 0,
    )
  await expect.poll(status).toBe(200)
  await device.powerCut()
  expect(await status()).toBe(0)
  await device.powerOn()
  await expect.poll(status).toBe(200)
  await door.close()
  await rm(folder, { recursive: true })
})

function nodeRedDevice(): Promise<Device> {
  return bed.device({ name: 'hub', mounts: nodeRed.mounts })
}

/** What a person does by hand, and Belay will do. */
async function install(device: Device, which: 'old' | 'next' | 'broken'): Promise<void> {
  const root = '/opt/node-red/current'
  if ((await device.exec(['id', 'node-red'])).code !== 0) await prepareNodeRedHost(device, { root })
  const name = `node-red-${nodeRed.releases[which].version}`
  const tree = `/opt/node-red/${name}`
  const asUser = { user: 'node-red', timeoutMs: 120_000 }
  await device.must(['tar', '-C', '/opt/node-red', '-xzf', `/srv/node-red/${name}.tar.gz`], asUser)
  await device.must(['npm', 'ci', '--omit=dev'], { ...asUser, cwd: tree })
  await device.must(['ln', '-sfn', tree, root])
  await device.must(['systemctl', 'restart', 'node-red'])
}

async function runningVersion(device: Device): Promise<string> {
  return device.http(1880, '/settings').then(({ body }) => JSON.parse(body).version, String)
}
