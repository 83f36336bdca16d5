/**
 * The end-to-end bed: devices with real systemd, made in about a second, that can be rebooted and lose their power.
 *
 *     import { afterAll, beforeAll, expect, test } from 'vitest'
 *     import { type Bed, startBed } from './bed/index.ts'
 *
 *     let bed: Bed
 *     beforeAll(async () => { bed = await startBed() })
 *     afterAll(() => bed?.close())
 *
 *     test('when …, then …', async () => {
 *       await using device = await bed.device({ mounts: [{ from: releases, to: '/srv/releases' }] })
 *       await device.writeFile('/etc/belay/belay.yaml', config)
 *       const update = device.exec(['belay', 'update', 'app', '--yes'])      // a promise: cut the power under it
 *       await device.powerCut()
 *       expect((await update).code).toBe(137)
 *       await device.powerOn()                                              // resolves when systemd has booted
 *       expect((await device.http(8080, '/health')).status).toBe(200)
 *     })
 *
 * In a device: `node`, `npm` (offline, see node-red.ts for a filled cache), `belay` (this checkout, read-only at
 * /opt/belay), curl, tar, xz, ps. It has no network but the other devices and the ports of the test process that
 * `bed.expose(port)` opens to it, at `http://host.bed:PORT`. The test process calls a device with `device.http` or,
 * for programs that take a URL, `device.forward`.
 *
 * `close` leaves nothing running; so does the end of the test process, however it comes. Ready-made software to
 * update: node-red.ts (a real application) and app.ts (a small one). What the machine needs: packages.json.
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { Device } from './device.ts'
import { type Engine, startEngine } from './engine.ts'
import { ensureImage } from './image.ts'
import { type Door, exposePort, hostName } from './network.ts'
import { type Mount, programMounts } from './node.ts'
import { missingRequirements } from './requirements.ts'

export { Device } from './device.ts'
export type { Result } from './command.ts'
export type { Door } from './network.ts'
export type { Mount } from './node.ts'

export interface DeviceOptions {
  /** Its host name. */
  readonly name?: string | undefined
  readonly mounts?: readonly Mount[] | undefined
  /** For programs run with `exec`; systemd's units do not see it. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

export interface Bed extends AsyncDisposable {
  /** The engine's folder on the host: dockerd.log is in it, and `lock`, which is held while anything of it lives. */
  readonly folder: string
  /** Boots a new device; resolves when systemd is up. */
  device(options?: DeviceOptions): Promise<Device>
  /** Lets devices reach 127.0.0.1:`port` of the test process. */
  expose(port: number): Promise<Door>
  /** Removes the devices and ends the engine. */
  close(): Promise<void>
}

/** Rejects with the whole list when the machine lacks something. */
export async function startBed(): Promise<Bed> {
  const missing = missingRequirements()
  if (missing.length > 0) throw new Error(missing.join('\n'))
  const engine = await startEngine()
  try {
    return makeBed(engine, await ensureImage(engine), await programMounts())
  } catch (error) {
    await engine.stop()
    throw error
  }
}

function makeBed(engine: Engine, image: string, programs: readonly Mount[]): Bed {
  const doors = new Set<Door>()
  const close = async (): Promise<void> => {
    await Promise.all([...doors].map((door) => door.close()))
    await engine.stop()
  }
  return {
    folder: engine.folder,
    device: (options = {}) => createDevice(engine, image, programs, options),
    expose: async (port) => {
      const door = await exposePort(engine.gateway, join(engine.folder, `${randomBytes(4).toString('hex')}.sock`), port)
      doors.add(door)
      return door
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function createDevice(
  engine: Engine,
  image: string,
  programs: readonly Mount[],
  { name = 'device', mounts = [], env = {} }: DeviceOptions,
): Promise<Device> {
  const argv = ['run', '--detach', '--hostname', name, ...systemdFlags]
  for (const mount of [...programs, ...mounts]) argv.push('--mount', mountFlag(mount))
  for (const [key, value] of Object.entries(env)) argv.push('--env', `${key}=${value}`)
  const created = await engine.docker([...argv, image, '/usr/local/sbin/bed-init'])
  if (created.code !== 0) throw new Error(`device ${name}: ${created.stderr}`)
  const device = new Device(engine, name, created.stdout.trim())
  await device.booted()
  return device
}

/** What systemd needs to be PID 1 of a container, short of `--privileged`. */
const systemdFlags = [
  ['--stop-signal', 'SIGRTMIN+3'],
  ['--cap-add', 'SYS_ADMIN'],
  ['--cap-add', 'NET_ADMIN'],
  ['--security-opt', 'seccomp=unconfined'],
  ['--tmpfs', '/run'],
  ['--tmpfs', '/run/lock'],
  ['--tmpfs', '/tmp:exec'],
  ['--volume', '/sys/fs/cgroup:/sys/fs/cgroup:rw'],
  ['--cgroupns', 'host'],
  ['--env', 'container=docker'],
  // There is no network outside: a name must fail at once, not after a resolver's patience.
  ['--dns', '127.0.0.1'],
  ['--add-host', `${hostName}:10.200.0.1`],
].flat()

function mountFlag({ from, to, readOnly = true }: Mount): string {
  return `type=bind,src=${from},dst=${to}${readOnly ? ',readonly' : ''}`
}
