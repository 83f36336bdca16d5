import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../core/model/problem.ts'
import type { Desk } from './state.ts'

const emptyMsMax = 30_000

/** One change of the folder at a time. A process that was killed leaves a mark that names nobody who lives. */
export async function withTurn<T>({ places }: Desk, work: () => Promise<T>): Promise<T> {
  const path = join(places.dir, '.belay-release.lock')
  await mkdir(places.dir, { recursive: true })
  await take(path, true)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string, again: boolean): Promise<void> {
  try {
    await writeFile(path, `${process.pid}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    const holder = await holderOf(path)
    if (!again || isAlive(holder)) throw busy(holder)
    await rm(path, { force: true })
    await take(path, false)
  }
}

/** Whoever made the mark writes its number next: an empty one is waited for, unless its maker died in between. */
async function holderOf(path: string): Promise<number> {
  for (const until = performance.now() + emptyMsMax; ; ) {
    const text = await readFile(path, 'utf8').catch(() => '0\n')
    if (text !== '' || performance.now() > until) return Number(text)
    await sleep(20)
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function busy(pid: number) {
  return fail('E_LOCKED', `another belay release works in this folder (process ${pid})`, {
    hint: 'Wait until it has ended, then run the command again.',
    retryable: true,
    facts: { pid },
  })
}
