import { readFile } from 'node:fs/promises'
import { type Bed, type Device, startBed } from '../e2e/bed/index.ts'
import { type Ground, underLoad } from './downtime-load.ts'
import { none, type Place, startupMs } from './downtime-place.ts'
import type { Releases } from './downtime-host.ts'
import { sampleProgram } from '../fakes/traffic/sample.ts'

const here = '/opt/belay'
const plainPort = 8081
const servePort = 8090
const frontPort = 8080
const commandMs = 180_000

/** A device with systemd: an ordinary unit that is restarted, and two instances on one socket that Belay updates. */
export interface DevicePlaces extends AsyncDisposable {
  readonly restart: Place
  readonly socket: Place
}

export async function openDevice(releases: Releases): Promise<DevicePlaces> {
  const bed = await startBed()
  try {
    const device = await bed.device({ mounts: [{ from: releases.lab.releases, to: '/srv/releases' }] })
    return {
      restart: await restartPlace(device),
      socket: await socketPlace(device, releases),
      [Symbol.asyncDispose]: () => closed(bed, device),
    }
  } catch (error) {
    await bed.close()
    throw error
  }
}

async function closed(bed: Bed, device: Device): Promise<void> {
  await device.remove()
  await bed.close()
}

function groundOf(device: Device): Ground {
  return {
    node: (script, ...words) => device.must(['node', script, ...words], { timeoutMs: commandMs }),
    has: async (path) => (await device.exec(['test', '-e', path])).code === 0,
    scratch: '/tmp',
    load: `${here}/test/fakes/traffic/load.ts`,
  }
}

async function restartPlace(device: Device): Promise<Place> {
  await device.writeFile('/srv/plain/server.mjs', await readFile(sampleProgram))
  await device.writeFile('/etc/systemd/system/plain.service', plainUnit)
  await device.must(['systemctl', 'start', 'plain'])
  const url = `http://127.0.0.1:${plainPort}`
  return {
    name: 'systemctl restart',
    allowed: null,
    change: () => underLoad(groundOf(device), url, () => device.must(['systemctl', 'restart', 'plain'])),
    beside: null,
    [Symbol.asyncDispose]: async () => {},
  }
}

/** An application that knows nothing of SIGTERM ends at once, which is what SIGKILL makes of this one. */
const plainUnit = `[Service]
Environment=PORT=${plainPort} VERSION=1.0.0 STARTUP_MS=${startupMs}
WorkingDirectory=/srv/plain
ExecStart=/usr/local/bin/node server.mjs
KillSignal=SIGKILL
`

async function socketPlace(device: Device, releases: Releases): Promise<Place> {
  for (const [path, text] of Object.entries(socketFiles)) await device.writeFile(path, text)
  await device.must(['systemctl', 'daemon-reload'])
  const serve = ['belay', 'release', 'serve', '/srv/releases', '--port', String(servePort)]
  await device.must(['systemd-run', '--unit=releases', '/usr/bin/env', `PATH=${devicePath}`, ...serve])
  await device.must(['systemctl', 'enable', '--now', 'app.socket'])
  let patch = 0
  const next = async () => {
    const to = await releases.version(patch++)
    await device.must(['belay', '-c', '/etc/belay/belay.yaml', 'update', 'app', '--to', to, '--yes'], {
      timeoutMs: commandMs,
    })
  }
  await next()
  const url = `http://127.0.0.1:${frontPort}`
  return {
    name: 'socket',
    allowed: none,
    change: async () => {
      await releases.version(patch)
      return underLoad(groundOf(device), url, next)
    },
    beside: () => underLoad(groundOf(device), url, () => startBeside(device)),
    [Symbol.asyncDispose]: async () => {},
  }
}

const devicePath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Under systemd's own word for "it is ready", as the slots are. */
async function startBeside(device: Device): Promise<void> {
  const env = { PORT: 8099, VERSION: 'beside', STARTUP_MS: startupMs }
  const flags = Object.entries(env).map(([key, value]) => `--setenv=${key}=${value}`)
  const run = ['systemd-run', '--unit=beside', '--property=Type=notify', '--property=NotifyAccess=all', ...flags]
  await device.must([...run, '/usr/local/bin/node', `${here}/test/fakes/traffic/server.mjs`])
  await device.must(['systemctl', 'stop', 'beside'])
}

const socketFiles: Readonly<Record<string, string>> = {
  '/etc/systemd/system/app.socket': `[Socket]
ListenStream=127.0.0.1:${frontPort}
Service=app-queue.service
TriggerLimitIntervalSec=0
[Install]
WantedBy=sockets.target
`,
  '/etc/systemd/system/app-queue.service': `[Unit]
After=app.socket
BindsTo=app.socket
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
`,
  '/etc/systemd/system/app@.service': `[Unit]
After=app.socket
Requires=app.socket
StartLimitIntervalSec=0
[Service]
Type=notify
NotifyAccess=all
Sockets=app.socket
WorkingDirectory=/srv/app/%i
EnvironmentFile=/srv/app/%i.env
Environment=STARTUP_MS=${startupMs}
ExecStart=/usr/local/bin/node server.mjs
Restart=on-failure
KillMode=mixed
TimeoutStopSec=3min
[Install]
WantedBy=multi-user.target
`,
  '/etc/belay/belay.yaml': `version: 1
agent: { allow_http: [ 127.0.0.1 ] }
components:
  app:
    source: { type: http, url: "http://127.0.0.1:${servePort}/feed.json", asset: "app-{version}.tar.gz" }
    strategy:
      type: directory
      path: /srv/app
      layout: slots
      service: { type: systemd, unit: "app@" }
      traffic:
        type: socket
        unit: app.socket
        front: "http://127.0.0.1:${frontPort}/health"
        identify: { header: X-Version }
        drain: { requests: 30s, streams: 2m }
    version: { file: VERSION }
    # The old one leaves after the checks: people are to see that, too.
    checks: { after: [ { type: service_active, stable_seconds: 1 } ] }
`,
}
