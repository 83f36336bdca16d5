import { readdir, readlink } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'

const endsWithinMs = 10_000
const everyMs = 50

/** The application outlives belay on purpose: it is found by the folder that it runs in, which nobody else has. */
export async function endStrays(dir: string): Promise<void> {
  const deadline = Date.now() + endsWithinMs
  for (let strays = await runningIn(dir); strays.length > 0; strays = await runningIn(dir)) {
    for (const pid of strays) kill(pid, Date.now() < deadline ? 'SIGTERM' : 'SIGKILL')
    await pause(everyMs)
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It ended by itself in between, which is all that is wanted.
  }
}

async function runningIn(dir: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => '')))
  return pids.filter((pid, at) => pid !== process.pid && folders[at]?.startsWith(`${dir}/`))
}
