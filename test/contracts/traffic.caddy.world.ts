import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SlotAddress, TrafficRef } from '../../src/core/plan/step.ts'
import type { Slot } from '../../src/core/traffic/slots.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { type Application, startApplication } from './traffic.stage.ts'

const startTimeoutMs = 25_000

/** A real Caddy in front of two slots, in a folder of its own. */
export interface CaddyWorld {
  readonly application: Application
  readonly admin: string
  readonly front: string
  readonly file: string
  readonly proxy: { reload(): Promise<void>; restart(): Promise<void>; stop(): Promise<void> }
  dispose(): Promise<void>
}

export type Sites = (at: { readonly file: string; readonly dir: string } & Application['slots']) => string

function to({ host, port }: SlotAddress): string {
  return `${host}:${port}`
}

/** As the guide has it. */
export const goodSites: Sites = ({ dir, blue, green }) => `
  @green file {
    root ${dir}/switch
    try_files crm
  }
  reverse_proxy @green ${to(green)}
  reverse_proxy ${to(blue)}
`

export function refOf(spec: TrafficRef['spec'], slots: TrafficRef['slots']): TrafficRef {
  const service = (slot: Slot) => ({ component: 'crm', spec: { type: 'none', slot }, cwd: '/', user: null })
  return { component: 'crm', spec, slots, services: { blue: service('blue'), green: service('green') } }
}

export async function startCaddy(sites: Sites = goodSites): Promise<CaddyWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-caddy-'))
  const application = await startApplication()
  const ports = { admin: await freePort(), front: await freePort() }
  const file = join(dir, 'switch', 'crm')
  await mkdir(join(dir, 'switch'))
  const config = join(dir, 'Caddyfile')
  const site = sites({ ...application.slots, file, dir })
  const globals = `admin 127.0.0.1:${ports.admin}\n  auto_https off\n  log {\n    level ERROR\n  }`
  await writeFile(config, `{\n  ${globals}\n}\nhttp://127.0.0.1:${ports.front} {\n${site}\n}\n`)
  const env = { PATH: process.env['PATH'] ?? '', HOME: dir, XDG_DATA_HOME: dir, XDG_CONFIG_HOME: dir }
  const admin = `http://127.0.0.1:${ports.admin}`
  const start = async (): Promise<ChildProcess> => {
    const child = spawn('caddy', ['run', '--config', config, '--adapter', 'caddyfile'], { env, stdio: 'ignore' })
    for (const end = performance.now() + startTimeoutMs; !(await answers(admin)); ) {
      assert.ok(child.exitCode === null && performance.now() < end, 'caddy does not start')
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
    return child
  }
  const running = { caddy: await start() }
  const stop = async () => {
    if (running.caddy.exitCode !== null || running.caddy.signalCode !== null) return
    running.caddy.kill('SIGKILL')
    await once(running.caddy, 'exit')
  }
  return {
    application,
    admin,
    front: `http://127.0.0.1:${ports.front}`,
    file,
    proxy: {
      async reload() {
        await promisify(execFile)('caddy', ['reload', '--force', '--config', config, '--adapter', 'caddyfile'], { env })
      },
      async restart() {
        await stop()
        running.caddy = await start()
      },
      stop,
    },
    async dispose() {
      await stop()
      await application[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

async function answers(admin: string): Promise<boolean> {
  return fetch(`${admin}/config/`).then(
    async (answer) => (await answer.arrayBuffer()).byteLength > 0 && answer.ok,
    () => false,
  )
}
