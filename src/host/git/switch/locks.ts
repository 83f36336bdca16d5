import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { findMembers, processInfo, signalProcess } from '../../process/find.ts'
import { lstatOrNull } from '../../tree/stat.ts'
import { lockedBy } from '../failures.ts'
import type { FilesAs } from '../owner.ts'
import type { RunFolder, SwitchRecord } from './record.ts'

const endMsMax = 20_000
const lockBytesMax = 128

/** A git that this run started and that outlived it must not go on beside us. What it leaves half done is undone anyway. */
export async function endLeftovers(mark: string): Promise<void> {
  const members = findMembers(`BELAY_GIT=${mark}`, null)
  for (const { pid } of members) signalProcess(pid, 'SIGKILL')
  const until = Date.now() + endMsMax
  while (members.some(({ pid, startTicks }) => processInfo(pid)?.startTicks === startTicks)) {
    if (Date.now() > until) return
    await setTimeout(10)
  }
}

/**
 * Takes away locks of references that a killed git of this very run left. One counts as ours only when all of it fits: the
 * run had begun before, it holds nothing or one of the run's two commits, and no process has it open.
 */
export async function removeOwnLocks(
  gitDir: string,
  folder: RunFolder,
  record: SwitchRecord,
  files: FilesAs,
): Promise<void> {
  const begun = (await lstatOrNull(folder.record))?.mtimeMs ?? Number.POSITIVE_INFINITY
  const names = ['HEAD', 'packed-refs', 'refs/stash', ...refsOf(gitDir, record)]
  for (const name of names) {
    const path = join(gitDir, `${name}.lock`)
    const found = await lstatOrNull(path)
    if (found === null || found.mtimeMs < begun || found.size > lockBytesMax) continue
    const text = readFileSync(path, 'utf8').trim()
    if (text !== '' && text !== record.from && text !== record.to && text !== record.stash) continue
    if (!isOpen(path)) await files.remove(path)
  }
}

function refsOf(gitDir: string, { branch }: SwitchRecord): readonly string[] {
  const own = ['refs/belay/new', 'refs/belay/kept'].flatMap((dir) => {
    try {
      return readdirSync(join(gitDir, dir)).map((name) => `${dir}/${name.replace(/\.lock$/, '')}`)
    } catch {
      return []
    }
  })
  return branch === null ? own : [`refs/heads/${branch}`, ...own]
}

/** Whether any process that we can see has the file open. */
function isOpen(path: string): boolean {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        if (readlinkSync(`/proc/${pid}/fd/${fd}`) === path) return true
      }
    } catch {
      // It ended, or it is not ours to look at: then git itself refuses as long as it holds the lock.
    }
  }
  return false
}

/** A lock on the index that is the very file that this run was about to put there is what a kill left of us. */
export async function removeOwnIndexLock(gitDir: string, folder: RunFolder, files: FilesAs): Promise<void> {
  const lock = join(gitDir, 'index.lock')
  const held = await lstatOrNull(lock)
  if (held === null) return
  for (const name of ['next', 'back']) {
    const own = await lstatOrNull(folder.scratch(name))
    if (own !== null && own.ino === held.ino && own.dev === held.dev) return files.remove(lock)
  }
}

/**
 * Puts a finished index in the place of the real one, under git's own lock: nobody's `git add` is lost. Then the lock and
 * the new index are one file, until the rename.
 */
export async function publishIndex(gitDir: string, from: string, files: FilesAs): Promise<void> {
  const lock = join(gitDir, 'index.lock')
  await files.link(from, lock).catch(async (error: unknown) => {
    throw (await lstatOrNull(lock)) === null ? error : lockedBy(lock)
  })
  await files.move(lock, join(gitDir, 'index'))
}
