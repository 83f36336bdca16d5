import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { appUnit, buildAppReleases } from './app.ts'
import { type Bed, startBed } from './index.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

const soon = { timeout: 60_000 }

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
      .poll(() => device.http(8080, '/').then(({ body }) => JSON.parse(body), String), soon)
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
  await expect.poll(status, soon).toBe(200)
  await device.powerCut()
  expect(await status()).toBe(0)
  await device.powerOn()
  await expect.poll(status, soon).toBe(200)
  await door.close()
  await rm(folder, { recursive: true })
})
