import childProcess, { type ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import type { RestoreRef } from '../../src/core/plan/step.ts'

/**
 * backup.agent.ts ADAPTER VERB REF AT — restores or takes back in a process of its own, which kills itself at its AT-th
 * action on the world: at an odd one before it begins, at an even one once it is under way, so that a program that was
 * started works on alone. Prints how many actions there were when it came to an end.
 */
const [adapter = '', verb = '', ref = '', at = '0'] = process.argv.slice(2)
let actions = 0

function die(): never {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('killed')
}

const { spawn } = childProcess
const patched = (...args: Parameters<typeof spawn>): ChildProcess => {
  actions += 1
  if (actions === Number(at)) die()
  const child = spawn(...args)
  actions += 1
  if (actions !== Number(at)) return child
  // Told everything, and left alone.
  if (child.stdin === null) die()
  child.stdin.once('finish', die)
  return child
}
Object.assign(childProcess, { spawn: patched })

for (const name of ['rename', 'mkdir', 'rm'] as const) {
  const original = fs.promises[name] as (...args: unknown[]) => Promise<unknown>
  Object.assign(fs.promises, {
    [name]: async (...args: unknown[]) => {
      actions += 1
      if (actions === Number(at)) die()
      await original(...args)
      actions += 1
      if (actions === Number(at)) die()
    },
  })
}
syncBuiltinESMExports()

const { openBackup } = await import('./backup.open.ts')
const backup = await openBackup(JSON.parse(adapter))
const where = JSON.parse(ref) as RestoreRef
const never = new AbortController().signal
if (verb === 'restore') await backup.restore(where, never)
else await backup.unrestore(where, never)
process.stdout.write(`${actions}\n`)
process.exit(0)
