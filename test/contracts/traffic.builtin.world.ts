import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { sharesFor, type Slot } from '../../src/core/traffic/slots.ts'
import { askControl, readTarget, type Status } from '../../src/host/forward/control.ts'
import { type ForwardFolder, forwardFolder } from '../../src/host/forward/target.ts'
import { programFile } from '../../src/main/program-file.ts'
import { type ForwardsOptions, forwardManager, removeForward, writeTarget } from '../../src/traffic/builtin/forwards.ts'
import { builtinTraffic } from '../../src/traffic/builtin/index.ts'
import type { TrafficSubject } from './traffic.contract.ts'
import { freePort } from '../../examples/demo/free-port.ts'
import { type Application, startApplication } from './traffic.stage.ts'

const never = new AbortController().signal
const askMs = 20_000
const againMsMax = 25_000
const kills = 3

export const builtinAbilities = { way: 'routes', weights: true, holds: true, lost: 'none' } as const

/** A forwarder kept by whatever keeps them on this host: systemd, or a shell. Node alone, as it also runs inside a device. */
export interface BuiltinSubject extends TrafficSubject {
  readonly options: ForwardsOptions
  readonly folder: ForwardFolder
  readonly port: number
  status(): Promise<Status | null>
  /** Kills it, and gives the milliseconds until another process answers. */
  kill(): Promise<number>
  /** Kills it a few times: the shortest of those, as a machine that stands still now and then makes any of them long. */
  killQuickest(): Promise<number>
  /** The same, with other words in its config. */
  opened(component: string, spec: object): Pick<TrafficSubject, 'traffic' | 'complaints'>
}

export async function builtinSubject(): Promise<BuiltinSubject> {
  const stateDir = await mkdtemp(join(tmpdir(), 'belay-forward-'))
  const options = { stateDir, program: [process.execPath, programFile()] as const }
  const application = await startApplication()
  const port = await freePort()
  const folder = forwardFolder(stateDir, 'app')
  const blocker = createServer()
  const opened = opener(options, application)
  const main = opened('app', { listen: `127.0.0.1:${port}` })
  await main.traffic.route(sharesFor('blue', 100), never)
  const status = () => askControl(folder.control, { do: 'status' }, askMs).catch(() => null)
  const kill = () => killed(status)
  return {
    ...main,
    options,
    folder,
    port,
    status,
    kill,
    killQuickest: async () => {
      let quickest = Number.POSITIVE_INFINITY
      for (let n = 0; n < kills; n += 1) quickest = Math.min(quickest, await kill())
      return quickest
    },
    opened,
    abilities: builtinAbilities,
    front: `http://127.0.0.1:${port}`,
    application,
    proxy: {
      restart: async () => {
        await kill()
      },
      stop: async () => {
        await forwardManager(options).end(folder)
        blocker.listen(port, '127.0.0.1')
        await once(blocker, 'listening')
      },
    },
    halves: {
      persist: (slot) => persist(folder, slot),
      run: async (slot) => {
        const before = await readTarget(folder.target)
        assert.ok(before)
        await persist(folder, slot)
        await askControl(folder.control, { do: 'reload' }, askMs)
        await writeTarget(folder, before)
      },
    },
    lacking: [
      {
        what: 'an address of another host',
        ...opened('lacking', { listen: '192.0.2.1:8080' }),
        says: [/192\.0\.2\.1:8080/, /listen/],
      },
    ],
    dispose: async () => {
      blocker.close()
      await removeForward(options, 'app')
      await application[Symbol.asyncDispose]()
      await rm(stateDir, { recursive: true, force: true })
    },
  }
}

function opener(options: ForwardsOptions, { slots }: Application): BuiltinSubject['opened'] {
  const kind = builtinTraffic(options)
  const none = { spec: { type: 'none' }, cwd: '/', user: null }
  return (component, more) => {
    const spec = { type: 'builtin', slots: { blue: slots.blue.port, green: slots.green.port }, ...more }
    const config = kind.config.parse(spec)
    const services = { blue: { component, ...none }, green: { component, ...none } }
    const ref = { component, spec, slots, services }
    return {
      traffic: kind.open(config, ref),
      complaints: async () => (await kind.complaints?.(config, ref, never)) ?? [],
    }
  }
}

async function killed(status: () => Promise<Status | null>): Promise<number> {
  const before = await status()
  assert.ok(before)
  const begun = performance.now()
  process.kill(before.pid, 'SIGKILL')
  while (performance.now() - begun < againMsMax) {
    const now = await status()
    if (now !== null && now.pid !== before.pid) return performance.now() - begun
    await sleep(10)
  }
  assert.fail('it was not started again')
}

async function persist(folder: ForwardFolder, slot: Slot): Promise<void> {
  const target = await readTarget(folder.target)
  assert.ok(target)
  await writeTarget(folder, { ...target, shares: sharesFor(slot, 100) })
}
