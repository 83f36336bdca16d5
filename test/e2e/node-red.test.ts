import { afterAll, beforeAll, expect, test } from 'vitest'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { serveReleases } from '../../src/cli/release/server.ts'
import type { RunReport } from '../../src/ports/engine.ts'
import { type Bed, type Device, startBed } from './bed/index.ts'
import { flowsFile, helloFlows, nodeRedReleases, prepareNodeRedHost } from './bed/node-red.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

const belayYaml = (api: string) => `version: 1
agent:
  allow_http: [ host.bed ]
components:
  node-red:
    source: { type: github, repo: node-red/node-red, api: "${api}", asset: "node-red-{version}.tar.gz" }
    strategy:
      type: directory
      path: /opt/node-red
      layout: slots
      user: node-red
      prepare: [ [ npm, ci, --omit=dev ] ]
      service: { type: systemd, unit: node-red }
    version: { file: VERSION }
    data: [ { type: path, path: /var/lib/node-red } ]
    checks:
      after:
        - { type: service_active, timeout_seconds: 30, stable_seconds: 2 }
        - { type: health_endpoint, url: "http://127.0.0.1:1880/", timeout_seconds: 30 }
        - { type: version_check }
`

async function update(device: Device, version: string): Promise<RunReport> {
  const { stdout, stderr } = await device.exec(
    ['belay', '-c', '/etc/belay/belay.yaml', 'update', 'node-red', '--to', version, '--yes', '--json'],
    {
      timeoutMs: 240_000,
    },
  )
  expect(stdout, stderr).toMatch(/^\{/)
  return JSON.parse(stdout) as RunReport
}

async function running(device: Device): Promise<{ version: string; hello: string }> {
  const settings = JSON.parse((await device.http(1880, '/settings')).body) as { version: string }
  return { version: settings.version, hello: (await device.http(1880, '/hello')).body }
}

/** Asks all the time, and keeps every answer: an application that serves while its new version is prepared. */
function watch(device: Device): { stop(): Promise<readonly number[]> } {
  const statuses: number[] = []
  const end = new AbortController()
  const asking = (async () => {
    while (!end.signal.aborted) {
      const status = await device.http(1880, '/hello').then(
        (answer) => answer.status,
        () => 0,
      )
      statuses.push(status)
    }
  })()
  return {
    stop: async () => {
      end.abort()
      await asking
      return statuses
    },
  }
}

test('when Node-RED is updated under systemd, then it serves the next minor; when a release does not start, then the one before serves again with its flows', async () => {
  const { releases, mounts } = await nodeRedReleases()
  const dir = await mkdtemp(join(tmpdir(), 'belay-node-red-'))
  for (const { archive } of Object.values(releases)) {
    for (const file of [archive, `${archive}.sha256`])
      await copyFile(join(dirname(archive), basename(file)), join(dir, basename(file)))
  }
  const server = await serveReleases({ dir, host: '127.0.0.1', port: 0, signal: new AbortController().signal })
  try {
    const door = await bed.expose(Number(new URL(server.url).port))
    await using device = await bed.device({ mounts })
    await prepareNodeRedHost(device, { root: '/opt/node-red/current' })
    await device.writeFile('/etc/belay/belay.yaml', belayYaml(door.url))

    expect(await update(device, releases.old.version)).toMatchObject({ outcome: 'committed', from: null })
    expect(await running(device)).toEqual({ version: releases.old.version, hello: 'flows intact' })
    expect(JSON.parse((await device.http(1880, '/flows')).body)).toEqual(JSON.parse(helloFlows))

    const watcher = watch(device)
    const report = await update(device, releases.next.version)
    const statuses = await watcher.stop()
    expect(report).toMatchObject({ outcome: 'committed', from: releases.old.version, to: releases.next.version })
    expect(await running(device)).toEqual({ version: releases.next.version, hello: 'flows intact' })
    // It served while npm installed the next version, and again afterwards.
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThan(10)

    const failed = await update(device, releases.broken.version)
    expect(failed).toMatchObject({ outcome: 'rolled-back', from: releases.next.version, to: releases.broken.version })
    expect(JSON.stringify(failed.steps)).toContain('left-out-of-the-archive')
    expect(await running(device)).toEqual({ version: releases.next.version, hello: 'flows intact' })
    expect(await device.readFile(flowsFile)).toBe(helloFlows)
  } finally {
    await server.close()
    await rm(dir, { recursive: true, force: true })
  }
})
