import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { serveReleases } from '../../src/cli/release/server.ts'
import type { Recorded } from '../../src/core/run/entry.ts'
import type { RunDetails, RunReport } from '../../src/ports/engine.ts'
import { appUnit, buildAppRelease } from './bed/app.ts'
import { packRelease, writeTree } from './bed/archive.ts'
import { type Bed, type Device, type Door, startBed } from './bed/index.ts'

/** A version that is well while it lives, and does not live long: only its restarts tell that it is not. */
let bed: Bed
let door: Door
let releases: string
let server: Awaited<ReturnType<typeof serveReleases>>

beforeAll(async () => {
  bed = await startBed()
  releases = await mkdtemp(join(tmpdir(), 'belay-flapping-'))
  await buildAppRelease(releases, '1.0.0')
  await buildFlapping('1.1.0', 300)
  await buildFlapping('1.2.0', 100)
  server = await serveReleases({ dir: releases, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  door = await bed.expose(Number(new URL(server.url).port))
})
afterAll(async () => {
  await bed?.close()
  await server?.close()
  if (releases !== undefined) await rm(releases, { recursive: true, force: true })
})

async function buildFlapping(version: string, livesMs: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-app-'))
  try {
    await writeTree(folder, {
      VERSION: `${version}\n`,
      'server.mjs': `import { createServer } from 'node:http'
createServer((request, response) => response.end('{"status":"ok"}')).listen(Number(process.env.APP_PORT))
setTimeout(() => process.exit(0), ${livesMs})
`,
      'config/app.json': '{ "greeting": "as shipped" }\n',
    })
    await packRelease(folder, 'flat', version, join(releases, `app-${version}.tar.gz`))
  } finally {
    await rm(folder, { recursive: true })
  }
}

const config = (active: string) => `version: 1
agent:
  allow_http: [ host.bed ]
components:
  app:
    source: { type: github, repo: example/app, api: "${door.url}", asset: "app-{version}.tar.gz" }
    strategy:
      type: directory
      path: /opt/app
      service: { type: systemd, unit: app }
    version: { file: VERSION }
    checks:
      after:
        - { type: service_active, ${active} }
        - { type: health_endpoint, url: "http://127.0.0.1:8080/health", timeout_seconds: 60 }
`

/** 1.0.0 under a unit that is started again whenever it ends. */
async function install(device: Device, { limits, active }: Case): Promise<void> {
  const unit = appUnit({ root: '/opt/app', data: '/var/lib/app' }).replace('[Unit]\n', `[Unit]\n${limits}`)
  await device.must(['install', '-d', '/opt/app', '/var/lib/app'])
  await device.copyIn(join(releases, 'app-1.0.0.tar.gz'), '/root/app.tar.gz')
  await device.must(['tar', '-C', '/opt/app', '-xzf', '/root/app.tar.gz'])
  await device.writeFile(
    '/etc/systemd/system/app.service',
    unit.replace('[Service]\n', '[Service]\nRestart=always\nRestartSec=100ms\n'),
  )
  await device.writeFile('/etc/belay/belay.yaml', config(active))
  await device.must(['systemctl', 'enable', '--now', 'app'])
}

async function update(device: Device, to: string): Promise<{ code: number; report: RunReport; stderr: string }> {
  const words = ['belay', '-c', '/etc/belay/belay.yaml', 'update', 'app', '--to', to, '--yes', '--json']
  const { code, stdout, stderr } = await device.exec(words, { timeoutMs: 120_000 })
  return { code, stderr, report: JSON.parse(stdout) as RunReport }
}

async function unitOf(device: Device): Promise<string> {
  return device.must(['systemctl', 'show', '-p', 'ActiveState,SubState', 'app'])
}

interface Case {
  readonly name: string
  readonly to: string
  /** Of the unit. */
  readonly limits: string
  /** Of the check. */
  readonly active: string
}

/** Every step of the way back must succeed at its first try: retries of them are outage. */
async function failedUndos(device: Device, { run }: RunReport): Promise<readonly Recorded[]> {
  const text = await device.must(['belay', '-c', '/etc/belay/belay.yaml', 'show', String(run), '--json'])
  const shown = JSON.parse(text) as { readonly run: RunDetails }
  return shown.run.entries.filter(({ entry }) => entry.t === 'failed' && entry.verb === 'undo')
}

const cases: readonly Case[] = [
  {
    name: 'keeps restarting for ever',
    to: '1.1.0',
    limits: 'StartLimitIntervalSec=0\n',
    active: 'timeout_seconds: 4, stable_seconds: 5',
  },
  {
    // The way back begins while systemd still refuses to start that unit.
    name: 'restarts until systemd gives it up',
    to: '1.2.0',
    limits: 'StartLimitIntervalSec=1h\nStartLimitBurst=5\n',
    active: 'timeout_seconds: 4, stable_seconds: 5',
  },
]

// Side by side: most of it is waiting for a unit to give up.
describe.concurrent('when the new version of a unit with Restart=always', () => {
  for (const one of cases) {
    const { name, to } = one
    test(`${name}, then the old one is back and runs`, async ({ expect }) => {
      await using device = await bed.device()
      await install(device, one)
      const { code, report, stderr } = await update(device, to)
      expect(code, stderr).toBe(3)
      expect(report).toMatchObject({ outcome: 'rolled-back', problem: { code: 'E_CHECK_FAILED' } })
      expect(report.problem?.message).toMatch(/keeps restarting|stopped again|is not running/)
      expect(await failedUndos(device, report), stderr).toEqual([])
      expect(
        report.steps.find(({ kind, state }) => kind === 'start' && state === 'undone'),
        stderr,
      ).toBeDefined()
      expect(await unitOf(device)).toBe('ActiveState=active\nSubState=running\n')
      expect(JSON.parse((await device.http(8080, '/')).body)).toMatchObject({ version: '1.0.0' })
      expect((await device.must(['cat', '/opt/app/VERSION'])).trim()).toBe('1.0.0')
    })
  }
})
