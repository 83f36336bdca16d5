import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import type { RunReport } from '../../src/ports/engine.ts'
import { appHealth, appUnit, buildAppReleases } from './bed/app.ts'
import { type Bed, type Device, type Door, startBed } from './bed/index.ts'

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

const after = [
  { type: 'service_active', timeout_seconds: 60, stable_seconds: 1 },
  ...appHealth(),
  { type: 'version_check' },
]

function config(layout: 'slots' | 'in-place' | null): string {
  const line = layout === null ? '' : `      layout: ${layout}\n`
  return `version: 1
agent:
  allow_http: [ host.bed ]
components:
  app:
    source: { type: github, repo: example/app, api: "${door.url}", asset: "app-{version}.tar.gz" }
    strategy:
      type: directory
      path: /opt/app
${line}      preserve: [ "config/**" ]
      service: { type: systemd, unit: app }
    version: { file: VERSION }
    data: [ { type: path, path: /var/lib/app } ]
    checks:
      after: ${JSON.stringify(after)}
`
}

/** A host as its owner left it: 1.0.0 unpacked by hand, running in place, with an edited file. */
async function installByHand(device: Device, root = '/opt/app'): Promise<void> {
  await device.must(['useradd', '--system', 'app'])
  await device.must(['install', '-d', '-o', 'app', '-g', 'app', '/opt/app', '/var/lib/app', root])
  await device.copyIn(join(releases, 'app-1.0.0.tar.gz'), '/root/app.tar.gz')
  await device.must(['tar', '-C', root, '-xzf', '/root/app.tar.gz'])
  await device.must(['chown', '-R', 'app:app', '/opt/app'])
  await device.writeFile(`${root}/config/app.json`, '{ "greeting": "edited by hand" }\n', { owner: 'app:app' })
  await device.writeFile('/etc/systemd/system/app.service', appUnit({ root, data: '/var/lib/app', user: 'app' }))
  await device.must(['systemctl', 'enable', '--now', 'app'])
}

async function belay(
  device: Device,
  ...args: string[]
): Promise<{ code: number; report: RunReport; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await device.exec(['belay', '-c', '/etc/belay/belay.yaml', ...args, '--json'], {
    timeoutMs: 240_000,
  })
  return {
    code,
    stdout,
    stderr,
    report: stdout.startsWith('{') ? (JSON.parse(stdout) as RunReport) : ({} as RunReport),
  }
}

async function answer(device: Device): Promise<{ version: string; greeting: string }> {
  const { status, body } = await device.http(8080, '/')
  expect(status).toBe(200)
  return JSON.parse(body) as { version: string; greeting: string }
}

describe.concurrent('when an installation that its owner made by hand is updated in place', () => {
  test('then it is taken as it is, goes forward, and a version that is never healthy is put back', async ({
    expect,
  }) => {
    await using device = await bed.device()
    await installByHand(device)
    await device.writeFile('/etc/belay/belay.yaml', config(null))

    const updated = await belay(device, 'update', 'app', '--to', '1.1.0', '--yes')
    expect(updated.report, updated.stderr).toMatchObject({ outcome: 'committed', from: '1.0.0', to: '1.1.0' })
    expect(await answer(device)).toMatchObject({ version: '1.1.0', greeting: 'edited by hand' })
    expect((await device.must(['stat', '-c', '%U', '/opt/app/server.mjs'])).trim()).toBe('app')

    const failed = await belay(device, 'update', 'app', '--to', '1.2.0', '--yes')
    expect(failed.code, failed.stderr).toBe(3)
    expect(failed.report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
    expect(failed.report.downtime_ms).toBeGreaterThan(0)
    expect(await answer(device)).toMatchObject({ version: '1.1.0', greeting: 'edited by hand' })

    const back = await belay(device, 'rollback', 'app', '--yes')
    expect(back.report, back.stderr).toMatchObject({ outcome: 'committed', to: '1.0.0' })
    expect(await answer(device)).toMatchObject({ version: '1.0.0', greeting: 'edited by hand' })
  })
})

describe.concurrent('when an installation is adopted into slots', () => {
  test('then the service runs from current, updates, and forget makes it a plain tree again', async ({ expect }) => {
    await using device = await bed.device()
    await installByHand(device)
    await device.writeFile('/etc/belay/belay.yaml', config('slots'))

    const refused = await belay(device, 'update', 'app', '--yes')
    expect(refused.code).toBe(1)
    expect(refused.stdout).toContain('belay adopt')

    const adopted = await belay(device, 'adopt', 'app')
    expect(adopted.report, adopted.stderr).toMatchObject({ outcome: 'committed' })
    expect((await device.must(['readlink', '/opt/app/current'])).trim()).toBe('releases/1.0.0')
    expect(await answer(device)).toMatchObject({ version: '1.0.0', greeting: 'edited by hand' })

    const updated = await belay(device, 'update', 'app', '--to', '1.1.0', '--yes')
    expect(updated.report, updated.stderr).toMatchObject({ outcome: 'committed' })
    expect(await answer(device)).toMatchObject({ version: '1.1.0', greeting: 'edited by hand' })
    expect(await device.must(['systemctl', 'show', '-p', 'WorkingDirectory', 'app'])).toContain('/opt/app/current')

    const forgotten = await belay(device, 'forget', 'app')
    expect(forgotten.report, forgotten.stderr).toMatchObject({ outcome: 'committed' })
    expect(await device.must(['systemctl', 'show', '-p', 'WorkingDirectory', 'app'])).not.toContain('current')
    expect((await device.exec(['ls', '/opt/app/releases', '/etc/systemd/system/belay-resume.service'])).code).not.toBe(
      0,
    )
    expect(await answer(device)).toMatchObject({ version: '1.1.0', greeting: 'edited by hand' })
  })
})
