import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveReleases } from '../../../src/cli/release/server.ts'
import type { RunReport } from '../../../src/ports/engine.ts'
import { appUnit, buildAppRelease } from '../bed/app.ts'
import { type Bed, type Device, type Door, startBed } from '../bed/index.ts'

/** A service under systemd whose releases come with manifests in the form of the first ones, every step of it. */
let bed: Bed
let door: Door
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

const manifest = (
  version: string,
  sha256: string,
  more: { readonly health?: string; readonly patienceSeconds?: number } = {},
) =>
  `version: "${version}"
component_type: "application"
pre_update_checks:
  - { type: "disk_space", minimum_mb: 10 }
  - { type: "service_running", service_name: "app" }
update_steps:
  - { action: "download_artifact", url: "http://host.bed/app-${version}.tar.gz", checksum: "sha256:${sha256}" }
  - { action: "backup_installation", source: "/opt/app", destination: "/var/backups/app/app.TIMESTAMP.tar.gz" }
  - { action: "stop_service", service_name: "app" }
  - { action: "extract_artifact", archive: "app-${version}.tar.gz", destination: "/opt/app" }
  - { action: "run_migrations", script: "/opt/app/migrate.sh" }
  - { action: "start_service", service_name: "app" }
post_update_checks:
  - { type: "service_active", service_name: "app", timeout_seconds: 60 }
  - { type: "health_endpoint", url: "${more.health ?? 'http://localhost:8080/health'}", timeout_seconds: ${more.patienceSeconds ?? 60} }
  - { type: "version_check", expected_version: "${version}" }
rollback_steps:
  - { action: "stop_service", service_name: "app" }
  - { action: "restore_backup", source: "latest_backup", destination: "/opt/app" }
  - { action: "start_service", service_name: "app" }
`

const config = (api: string) => `version: 1
agent:
  allow_http: [ host.bed ]
components:
  app:
    source: { type: github, repo: example/app, api: "${api}", asset: "app-{version}.tar.gz" }
    strategy:
      type: directory
      path: /opt/app
      migrate: [ [ /bin/sh, -c, "echo migrated > /var/lib/app/migrated", migrate.sh ] ]
      service: { type: systemd, unit: app }
    version: { http: "http://127.0.0.1:8080/", json: /version }
    checks: { before: [], after: [] }
    backups: { path: [ /var/backups/app ] }
    manifest: required
`

async function release(
  version: string,
  fault: 'none' | 'unhealthy',
  more: Parameters<typeof manifest>[2] = {},
): Promise<void> {
  const folder = join(releases, `v${version}`)
  await mkdir(folder)
  await buildAppRelease(folder, version, fault)
  const sha256 = createHash('sha256')
    .update(await readFile(join(folder, `app-${version}.tar.gz`)))
    .digest('hex')
  await writeFile(join(folder, 'update-manifest.yaml'), manifest(version, sha256, more))
}

beforeAll(async () => {
  bed = await startBed()
  releases = await mkdtemp(join(tmpdir(), 'belay-manifests-'))
  await release('1.0.0', 'none')
  await release('1.1.0', 'none')
  await release('1.2.0', 'unhealthy', { patienceSeconds: 5 })
  await release('1.3.0', 'none', { health: 'http://169.254.169.254/latest/meta-data' })
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  if (releases !== undefined) await rm(releases, { recursive: true, force: true })
})

async function install(device: Device): Promise<void> {
  await device.must(['install', '-d', '/opt/app', '/var/lib/app', '/var/backups/app'])
  await device.copyIn(join(releases, 'v1.0.0/app-1.0.0.tar.gz'), '/root/app.tar.gz')
  await device.must(['tar', '-C', '/opt/app', '-xzf', '/root/app.tar.gz'])
  await device.writeFile('/etc/systemd/system/app.service', appUnit({ root: '/opt/app', data: '/var/lib/app' }))
  await device.writeFile('/etc/belay/belay.yaml', config(door.url))
  await device.must(['systemctl', 'enable', '--now', 'app'])
}

async function update(device: Device, to: string) {
  const words = ['belay', '-c', '/etc/belay/belay.yaml', 'update', 'app', '--to', to, '--yes', '--json']
  const { code, stdout } = await device.exec(words, { timeoutMs: 280_000 })
  return { code, report: JSON.parse(stdout) as RunReport }
}

const pidOf = (device: Device) => device.must(['systemctl', 'show', '-p', 'MainPID', 'app'])
/** What was put back is started, and not asked: the config has no checks of its own. */
async function served(device: Device): Promise<{ readonly version: string }> {
  const patient = ['--retry', '50', '--retry-delay', '1', '--retry-connrefused']
  return JSON.parse(await device.must(['curl', '-sf', ...patient, 'http://127.0.0.1:8080/'])) as { version: string }
}

test('when manifests say what is done, then it is done; when they say more, or the version is ill, then the old one serves', async () => {
  await using device = await bed.device()
  await install(device)
  const good = await update(device, '1.1.0')
  expect(good).toMatchObject({ code: 0, report: { outcome: 'committed' } })
  expect(await served(device)).toMatchObject({ version: '1.1.0' })
  expect(await device.must(['cat', '/var/lib/app/migrated'])).toBe('migrated\n')

  // Its own checks are those of the manifest alone.
  const ill = await update(device, '1.2.0')
  expect(ill).toMatchObject({ code: 3, report: { outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } } })
  expect(await served(device)).toMatchObject({ version: '1.1.0' })

  const pid = await pidOf(device)
  const refused = await update(device, '1.3.0')
  expect(refused).toMatchObject({ code: 1, report: { error: { code: 'E_MANIFEST_REFUSED' } } })
  expect(await pidOf(device)).toBe(pid)
  expect(await served(device)).toMatchObject({ version: '1.1.0' })
})
