import { join } from 'node:path'
import { expect } from 'vitest'
import type { Bed, Device } from '../../bed/index.ts'
import { killFile, writeBelay } from './program.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'

export const configFile = '/etc/belay/belay.yaml'
export const state = '/var/lib/belay'
const home = '/srv/belay'
const node = '/usr/local/bin/node'
/** The command, of whichever version is current. */
export const program = [node, `${home}/current/dist/belay.js`, '-c', configFile, '--state', state]

export interface Row {
  readonly run: string
  readonly outcome: string
  readonly from: string | null
  readonly to: string | null
}

export interface Options {
  readonly api: string
  readonly auto?: string
  /** Changes to the strategy. */
  readonly strategy?: Readonly<Record<string, unknown>>
}

export function config({ api, auto = 'none', strategy = {} }: Options): string {
  return JSON.stringify({
    version: 1,
    agent: { allow_http: ['host.bed'], check: { after_start: '0s', jitter: '0s' } },
    components: {
      belay: {
        source: { type: 'github', repo: 'example/belay', api, asset: 'belay-{version}.tar.gz' },
        strategy: {
          type: 'directory',
          path: home,
          layout: 'slots',
          service: { type: 'systemd', unit: 'belay-agent' },
          ...strategy,
        },
        version: { file: 'VERSION' },
        policy: { auto },
        checks: {
          before: [{ type: 'permissions' }],
          after: [
            { type: 'service_active', timeout_seconds: 4, stable_seconds: 1 },
            { type: 'command', command: ['test', '!', '-e', `${home}/current/ill`], timeout_seconds: 5 },
            { type: 'version_check' },
          ],
        },
      },
    },
  })
}

/** A device on which that version of Belay runs as a service, installed as the guide says. */
export async function hostWithBelay(bed: Bed, built: string, version: string, options: Options): Promise<Device> {
  const device = await bed.device()
  await place(device, built, version)
  await device.must(['ln', '-s', `releases/${version}`, `${home}/current`])
  await device.writeFile(configFile, config(options))
  await device.must([...program, 'service', 'install', '--kind', 'systemd', '--do', 'agent'])
  await ready(device)
  return device
}

async function place(device: Device, built: string, version: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-placed-'))
  try {
    await writeBelay(built, folder, version)
    await device.copyIn(folder, `${home}/releases/${version}`)
    // The temporary folder was closed to others.
    await device.must(['chmod', '755', `${home}/releases/${version}`])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Until the agent has told which process it is. */
export async function ready(device: Device): Promise<void> {
  await expect
    .poll(async () => (await device.exec(['cat', `${state}/agent.json`])).code, { timeout: 60_000, interval: 50 })
    .toBe(0)
}

export async function history(device: Device): Promise<readonly Row[]> {
  const { stdout } = await device.exec([...program, 'history', 'belay', '--json'])
  return stdout.startsWith('{') ? (JSON.parse(stdout) as { runs: Row[] }).runs : []
}

/** `stuck` is not the end: an engine that is not back yet makes a run so, and the agent that is back takes it up again. */
export const over = /committed|rolled-back|failed/

/** The newest run, once it is over. */
export async function ended(device: Device, timeoutMs = 90_000): Promise<Row> {
  const newest = async () => (await history(device))[0]?.outcome ?? 'unfinished'
  await expect.poll(newest, { timeout: timeoutMs, interval: 250 }).toMatch(over)
  const [row] = await history(device)
  if (row === undefined) throw new Error('there is no run')
  return row
}

/** Exactly one agent, of that version, which holds the state folder and has nothing to finish. */
export async function oneAgentOf(device: Device, version: string, at: string): Promise<void> {
  const agents = async () => {
    const { stdout } = await device.exec([
      'sh',
      '-c',
      `cd /proc && for p in [0-9]*; do tr '\\0' ' ' <$p/cmdline 2>/dev/null | grep -q 'belay.js.* agent $' && readlink -f /proc/$p/exe >/dev/null && echo $p; done; true`,
    ])
    return stdout.split('\n').filter((line) => line !== '')
  }
  const active = async () => (await device.exec(['systemctl', 'is-active', 'belay-agent'])).stdout.trim()
  await expect
    .poll(async () => [await active(), (await agents()).length], { timeout: 60_000, interval: 100, message: at })
    .toEqual(['active', 1])
  const told = async () => (await device.exec(['cat', `${state}/agent.json`])).stdout
  const same = async () => {
    const { pid } = JSON.parse((await told()) || '{}') as { pid?: number }
    return (await agents()).join() === String(pid)
  }
  await expect.poll(same, { timeout: 60_000, interval: 100, message: at }).toBe(true)
  expect((await device.must(['cat', `${home}/current/VERSION`])).trim(), at).toBe(version)
  // Whoever watched the run tidies up after its last record.
  const left = async () => (await device.exec(['ls', '-A', `${state}/self`])).stdout
  await expect.poll(left, { timeout: 60_000, interval: 100, message: at }).toBe('')
  // One that was killed when all was written is started once more, sees that, and ends.
  const listed = "systemctl list-units --all --plain --no-legend 'belay-self-*' | wc -l"
  await expect
    .poll(async () => (await device.exec(['sh', '-c', listed])).stdout.trim(), {
      timeout: 60_000,
      interval: 100,
      message: at,
    })
    .toBe('0')
}

/** The next process of that kind dies there; see `killFile`. */
export async function killAt(device: Device, who: '--here' | 'agent', point: string): Promise<void> {
  await device.must(['rm', '-f', `${killFile}.done`])
  await device.writeFile(killFile, `${who} ${point}`)
}

/** Resolves when it has happened. */
export async function killed(device: Device): Promise<void> {
  await expect
    .poll(async () => (await device.exec(['test', '-e', `${killFile}.done`])).code, { timeout: 60_000, interval: 50 })
    .toBe(0)
}

/** How many records the driver of the last run wrote. */
export async function records(device: Device): Promise<number> {
  return Number(await device.readFile(`${killFile}.count`))
}

export function update(to: string): readonly string[] {
  return [...program, 'update', 'belay', '--to', to, '--yes', '--json']
}

/** Brings it to that version by the command line, when it is not there already. */
export async function bringTo(device: Device, version: string): Promise<void> {
  if ((await device.must(['cat', `${home}/current/VERSION`])).trim() === version) return
  await device.must(update(version))
  await oneAgentOf(device, version, `back at ${version}`)
}
