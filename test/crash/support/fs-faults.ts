import fs from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Ends or fails a process at its nth call that changes something on disk. `die`: SIGKILL, before the call. `stop`: the
 * call throws, and every later one too, so that nothing that cleans up can: what a SIGKILL leaves, in a process that
 * goes on. `full`: the nth write ends half-way with ENOSPC, and so does every later one, until it is disarmed.
 */
export interface Fault {
  readonly how: 'die' | 'stop' | 'full'
  /** From 1; 0 never. */
  readonly at: number
  /** Counts only these calls; `write` stands for all that put bytes into a file. */
  readonly only?: readonly string[]
}

export class Stopped extends Error {}

type Call = (...args: never[]) => unknown

const names = [
  'rename',
  'link',
  'symlink',
  'unlink',
  'rmdir',
  'mkdir',
  'rm',
  'chmod',
  'chown',
  'lchown',
  'utimes',
  'truncate',
  'fchmod',
  'fchown',
  'futimes',
  'ftruncate',
  'fsync',
  'lutimes',
] as const

/** Arms the fault, and gives back what counts the calls and disarms it. One at a time. */
export async function arm(fault: Fault): Promise<{ readonly calls: () => number; readonly disarm: () => void }> {
  let count = 0
  let over = false
  const restore: (() => void)[] = []
  // Before anything is armed: a call of the lab's own is none of the transaction's.
  const handle = Reflect.get(await someHandle(), '__proto__') as object

  const meet = (name: string, half: () => void = () => {}): void => {
    if (over) throw failure(fault)
    if (fault.only !== undefined && !fault.only.includes(name)) return
    if (fault.how === 'full' && name !== 'write') return
    count += 1
    if (count !== fault.at) return
    if (fault.how === 'die') process.kill(process.pid, 'SIGKILL')
    if (fault.how === 'full') half()
    over = true
    throw failure(fault)
  }
  const wrap = (on: object, key: string, name: string, opens = false): void => {
    const real = Reflect.get(on, key) as Call | undefined
    if (real === undefined) return
    const wrapped = function (this: unknown, ...args: never[]): unknown {
      if (fault.how === 'full' && over && name !== 'write') return real.apply(this, args)
      if (!opens || isCreating(args[1])) meet(name, () => writeHalf(on, real, this, args))
      return real.apply(this, args)
    }
    Reflect.set(on, key, wrapped)
    restore.push(() => Reflect.set(on, key, real))
  }
  for (const name of names) {
    wrap(fs, `${name}Sync`, name)
    wrap(promises, name, name)
  }
  wrap(fs, 'writeSync', 'write')
  wrap(fs, 'openSync', 'create', true)
  wrap(promises, 'open', 'create', true)
  for (const [key, name] of [
    ['writeFile', 'write'],
    ['write', 'write'],
    ['chmod', 'fchmod'],
    ['chown', 'fchown'],
    ['truncate', 'ftruncate'],
    ['sync', 'fsync'],
  ] as const)
    wrap(handle, key, name)
  syncBuiltinESMExports()
  return {
    calls: () => count,
    disarm: () => {
      for (const undo of restore) undo()
      syncBuiltinESMExports()
    },
  }
}

function failure({ how }: Fault): Error {
  if (how !== 'full') return new Stopped('the process is dead')
  return Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' })
}

function isCreating(flags: unknown): boolean {
  if (typeof flags === 'string') return /[wax+]/.test(flags)
  return typeof flags === 'number' && (flags & fs.constants.O_CREAT) !== 0
}

/** A disk that is full takes as much as there is room for. */
function writeHalf(on: object, real: Call, self: unknown, args: readonly unknown[]): void {
  const [fd, bytes, at, length] = args
  if (on !== fs || !Buffer.isBuffer(bytes) || typeof fd !== 'number' || typeof length !== 'number') return
  const half = [fd, bytes, at, Math.floor(length / 2), ...args.slice(4)]
  if (length > 1) real.apply(self, half as never[])
}

async function someHandle(): Promise<object> {
  const path = join(tmpdir(), `belay-handle-${process.pid}`)
  const handle = await promises.open(path, 'w')
  await handle.close()
  await promises.rm(path)
  return handle
}
