import { slots } from '../../core/traffic/slots.ts'
import type { InstanceUnit, Names, Units, Waker } from './units.ts'

/** What is wrong with the units, in sentences with the lines to write. */

export const notUnits =
  'traffic: socket hands a socket of systemd to units of systemd: write service: { type: systemd, unit: "name@" }.'

const edited = 'then run "systemctl daemon-reload"'

/** What keeps this kind from working at all. */
export function lacks(names: Names, { socket, instances }: Units): readonly string[] {
  if (!socket.loaded) return [noSocket(names)]
  const { blue } = instances
  if (!blue.loaded) return [`There is no unit ${names.template}: ${templateText(names)}`]
  const without = slots.some((slot) => !instances[slot].sockets.includes(names.socket))
  if (!without) return []
  return [
    `${names.template} does not take ${names.socket}: write Sockets=${names.socket} in its section [Service], ${edited}.`,
  ]
}

export function socketDown({ socket }: Names): string {
  return `${socket} is not open: "systemctl enable --now ${socket}" opens it, now and at every boot.`
}

/** How long the config gives an old version. `twice` false: everybody waits until it is gone. */
export interface Patience {
  readonly twice: boolean
  readonly requestsMs: number
  readonly streamsMs: number
}

/** What would go wrong sooner or later. */
export function faults(names: Names, units: Units, waker: Waker, patience: Patience): readonly string[] {
  const { socket } = units
  return [
    ...(socket.accepts
      ? [`${names.socket} starts a program for each connection: write Accept=no in its section [Socket], ${edited}.`]
      : []),
    ...(waker.loaded && waker.holds && !isSlot(names, waker.unit) ? [] : [wakesVersion(names, waker)]),
    ...(socket.active && socket.enabled ? [] : [socketDown(names)]),
    ...instanceFaults(names, units.instances.blue, patience),
  ]
}

/** Both are made from one template; what a drop-in changes for one of them alone is its owner's wish. */
function instanceFaults({ template, socket }: Names, unit: InstanceUnit, patience: Patience): readonly string[] {
  const found: string[] = []
  const inService = (line: string) => `write ${line} in its section [Service], ${edited}`
  if (!unit.type.startsWith('notify')) {
    found.push(
      `${template} is called started before it is ready (Type=${unit.type}): let it tell systemd READY=1, and ${inService('Type=notify')}.`,
    )
  }
  if (unit.killMode === 'none' || unit.killMode === 'process') {
    found.push(
      `What ${template} started may be left behind (KillMode=${unit.killMode}): ${inService('KillMode=mixed')}.`,
    )
  }
  if (unit.killSignal !== '' && unit.killSignal !== '15') {
    found.push(
      `${template} is told to end by signal ${unit.killSignal}, which no program takes as a wish to finish: ${inService('KillSignal=SIGTERM')}.`,
    )
  }
  const impatient = stopFault(template, unit.stopTimeoutMs, patience)
  if (impatient !== null)
    found.push(`${impatient.what}: ${inService(`TimeoutStopSec=${impatient.seconds}`)}${impatient.or}.`)
  if (unit.startLimited) {
    found.push(
      `A version that keeps dying would close ${socket} for the other one, too: write StartLimitIntervalSec=0 in the section [Unit] of ${template}, ${edited}.`,
    )
  }
  return found
}

function stopFault(template: string, hasMs: number | null, { twice, requestsMs, streamsMs }: Patience) {
  const seconds = Math.ceil((twice ? streamsMs : requestsMs) / 1000)
  const has = hasMs === null ? 'for ever' : `${Math.ceil(hasMs / 1000)} s`
  if (!twice && (hasMs === null || hasMs > requestsMs)) {
    const what = `${template} may take ${has} to end, and everybody waits for that where two may not run at once`
    return { what, seconds, or: ', or write more in traffic.drain.requests' }
  }
  if (twice && hasMs !== null && hasMs < streamsMs) {
    const what = `${template} is killed ${has} after it was told to end, and traffic.drain.streams gives ${seconds} s`
    return { what, seconds, or: ', or write less there' }
  }
  return null
}

function isSlot({ instances }: Names, unit: string): boolean {
  return slots.some((slot) => instances[slot] === unit)
}

function wakesVersion(names: Names, { unit, loaded }: Waker): string {
  const { socket } = names
  const what = isSlot(names, unit)
    ? `starts ${unit}, whichever version stands there`
    : loaded
      ? `starts ${unit}, which does not only wait`
      : `wants to start ${unit}, which there is not`
  const queue = `${baseOf(socket)}-queue.service`
  return (
    `When nobody takes a connection, ${socket} ${what}. Write Service=${queue} in its section [Socket], and that file:\n` +
    `${queueText(socket)}\n${edited[0]?.toUpperCase()}${edited.slice(1)}, and "systemctl restart ${socket}" once.`
  )
}

function noSocket({ socket }: Names): string {
  return (
    `There is no unit ${socket}. Write /etc/systemd/system/${socket}, with the address that people use:\n` +
    `[Socket]\nListenStream=127.0.0.1:8080\nService=${baseOf(socket)}-queue.service\nTriggerLimitIntervalSec=0\n` +
    `[Install]\nWantedBy=sockets.target\nand /etc/systemd/system/${baseOf(socket)}-queue.service:\n${queueText(socket)}`
  )
}

function templateText({ template, socket }: Names): string {
  return (
    `write it with After=${socket}, Requires=${socket} and StartLimitIntervalSec=0 in [Unit], and Type=notify, ` +
    `Sockets=${socket}, KillMode=mixed, WorkingDirectory=…/%i and EnvironmentFile=…/%i.env in [Service], ${edited}. ` +
    `The guide of zero downtime has ${template} whole.`
  )
}

function queueText(socket: string): string {
  return `[Unit]\nAfter=${socket}\nBindsTo=${socket}\n[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true`
}

function baseOf(socket: string): string {
  return socket.replace(/\.socket$/, '')
}
