/** Running a program where the engine's own processes run. */
import type { ChildProcess } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'

/**
 * The pid, as the host sees it, of PID 1 of the process namespace that `unshare --fork` made somewhere below `pid`:
 * the first descendant that lives in another one than this process.
 */
export async function firstProcess(pid: number): Promise<number> {
  const ours = await readlink('/proc/self/ns/pid')
  let found = pid
  while ((await readlink(`/proc/${found}/ns/pid`)) === ours) {
    const child = await firstChild(found)
    if (child === null) throw new Error(`process ${found} has no child in a namespace of its own`)
    found = child
  }
  return found
}

async function firstChild(pid: number): Promise<number | null> {
  const [child = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')
  return child === '' ? null : Number(child)
}

/** The words that run a program in the network, process and mount namespaces of a process; it ends with them. */
export function inNamespaces(pid: number, argv: readonly string[]): readonly string[] {
  return ['nsenter', '--target', String(pid), '--net', '--pid', '--mount', '--', ...argv]
}

/** Signals the program that such words run: the process that was spawned, `nsenter`, only waits for it. */
export async function signalInside(nsenter: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const { pid } = nsenter
  if (pid === undefined) return
  process.kill((await firstChild(pid)) ?? pid, signal)
}
