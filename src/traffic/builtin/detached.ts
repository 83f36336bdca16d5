import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../../core/model/problem.ts'
import type { ForwardFolder } from '../../host/forward/target.ts'
import { findMembers, processInfo, signalProcess } from '../../host/process/find.ts'
import { prepareLaunch } from '../../host/process/launch.ts'
import { lastLines } from '../../host/process/tail.ts'
import { type ForwardManager, forwardArgv } from './manager.ts'

const endMs = 20_000
const killedMs = 5000
const pollMs = 20

/**
 * Starts the forwarder again whenever it dies, and not when it was told to end (0) or cannot work (2). A shell does that with a
 * megabyte and within a quarter of a second, also while no agent runs.
 */
const keeper = 'until "$@"; code=$?; [ $code = 0 ] || [ $code = 2 ]; do sleep 0.2; done'

/** Without a service manager: a session of its own, found again by a marker in its environment. */
export function detachedForwards(program: readonly [string, ...string[]]): ForwardManager {
  return {
    async start(folder) {
      if (membersOf(folder).length > 0) return
      const { marker, dir, log } = folder
      const argv = ['/bin/sh', '-c', keeper, 'belay-forward', ...forwardArgv(program, folder)] as const
      const launch = await prepareLaunch({ argv, cwd: dir, env: { [marker.name]: marker.value } })
      await using file = await open(log, 'a', 0o600)
      const stdio = ['ignore', file.fd, file.fd] as ['ignore', number, number]
      const child = spawn(launch.file, launch.args, { ...launch.options, detached: true, stdio })
      await once(child, 'spawn')
      child.unref()
    },
    async end(folder) {
      for (const [signal, withinMs] of [['SIGTERM', endMs] as const, ['SIGKILL', killedMs] as const]) {
        // Oldest first: the shell would start another one.
        for (const { pid } of membersOf(folder)) signalProcess(pid, signal)
        if (await isGone(folder, withinMs)) return
      }
      throw fail('E_TRAFFIC_REFUSED', `The forwarder of ${folder.name} does not end, not even when killed.`, {
        hint: 'It waits for a disk or a device: look at the kernel log.',
        retryable: true,
      })
    },
    lives: async (folder) => membersOf(folder).length > 0,
    async lastWords({ log }) {
      const text = await readFile(log, 'utf8').catch(() => '')
      return lastLines(text, 1)[0] ?? null
    },
  }
}

function membersOf({ marker }: ForwardFolder) {
  return findMembers(`${marker.name}=${marker.value}`, null)
}

async function isGone(folder: ForwardFolder, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs
  for (let members = membersOf(folder); ; members = membersOf(folder)) {
    if (members.every(({ pid }) => processInfo(pid) === null)) return true
    if (performance.now() > until) return false
    await sleep(pollMs)
  }
}
