/** A device whose systemd holds a socket for two slots of an application: the units are those of the guide. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ServiceRef, TrafficRef } from '../../src/core/plan/step.ts'
import { type Slot, slots } from '../../src/core/traffic/slots.ts'
import { systemdServices } from '../../src/services/systemd/index.ts'
import { socketTraffic } from '../../src/traffic/socket/index.ts'
import type { TrafficSubject } from './traffic.contract.ts'

const execute = promisify(execFile)
export const never = new AbortController().signal
export const unitsDir = '/etc/systemd/system'
const examples = join(import.meta.dirname, '../../docs/guide/examples/zero-downtime')
export const services = systemdServices()
const kind = socketTraffic()
export const abilities = kind.abilities(kind.config.parse({ type: 'socket', unit: 'crm' }))
export const front = 'http://127.0.0.1:8080'

export async function systemctl(...args: string[]): Promise<string> {
  return (await execute('systemctl', args)).stdout.trim()
}

export async function install(): Promise<void> {
  for (const unit of ['crm.socket', 'crm-queue.service', 'crm@.service']) {
    await copyFile(join(examples, unit), join(unitsDir, unit))
  }
  // A device has no CAP_SYS_PTRACE: its root sees no connections of another user's processes.
  await mkdir(join(unitsDir, 'crm@.service.d'))
  await writeFile(join(unitsDir, 'crm@.service.d/root.conf'), '[Service]\nUser=root\n')
  await writeFile(join(unitsDir, 'plain@.service'), '[Service]\nType=notify\nExecStart=/bin/sleep 1000\n')
  for (const slot of slots) {
    await mkdir(`/srv/crm/${slot}`, { recursive: true })
    await writeFile(`/srv/crm/${slot}.env`, `BELAY_SLOT=${slot}\n`)
    await writeFile(`/srv/crm/${slot}/server.mjs`, `import '${join(import.meta.dirname, 'traffic.socket.app.ts')}'\n`)
  }
  await systemctl('daemon-reload')
}

function refOf(unit: string, slot: Slot): ServiceRef {
  const spec = services.inSlot?.(services.config.parse({ type: 'systemd', unit }), slot, null)
  if (typeof spec !== 'object') throw new Error(`${unit} has no slot: ${spec}`)
  return { component: 'crm', spec, cwd: '/', user: null }
}

export function open(socket: string, unit: string) {
  const config = kind.config.parse({ type: 'socket', unit: socket, front })
  const ref: TrafficRef = {
    component: 'crm',
    spec: { type: 'socket' },
    slots: null,
    services: { blue: refOf(unit, 'blue'), green: refOf(unit, 'green') },
  }
  return {
    traffic: kind.open(config, ref),
    complaints: async () => (await kind.complaints?.(config, ref, never)) ?? [],
  }
}

export function serviceOf(slot: Slot) {
  const ref = refOf('crm@', slot)
  return services.open(services.config.parse(ref.spec), ref)
}

export async function start(slot: Slot): Promise<void> {
  await serviceOf(slot).start(never)
  await serviceOf(slot).setBoot?.(true, never)
}

export async function end(slot: Slot): Promise<void> {
  const service = serviceOf(slot)
  await service.setBoot?.(false, never)
  await service.terminate?.(never)
  while ((await service.inspect()).running) await new Promise((resolve) => setTimeout(resolve, 20))
}

export async function subject(): Promise<TrafficSubject> {
  await systemctl('enable', '--now', 'crm.socket')
  await start('blue')
  return {
    ...open('crm.socket', 'crm@'),
    abilities,
    front,
    application: { slots: null, start, end },
    proxy: {
      reload: async () => void (await systemctl('daemon-reload')),
      restart: async () => void (await systemctl('restart', 'crm.socket')),
      stop: async () => void (await systemctl('stop', 'crm.socket')),
    },
    lacking: [
      { what: 'a socket that there is not', ...open('gone.socket', 'crm@'), says: [/gone\.socket/] },
      { what: 'a template that there is not', ...open('crm.socket', 'gone@'), says: [/gone@\.service/] },
      {
        what: 'a template that does not take the socket',
        ...open('crm.socket', 'plain@'),
        says: [/Sockets=crm\.socket/],
      },
    ],
    dispose: async () => {
      for (const slot of slots) await serviceOf(slot).setBoot?.(false, never)
      await systemctl('stop', 'crm.socket', 'crm@blue', 'crm@green')
      await systemctl('reset-failed')
    },
  }
}
