import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const quietMs = 20_000

/**
 * Gives memory back to the host some time after the last call. A daemon that does nothing allocates nothing, so that the
 * collector would never come, and what loading its code or a run left behind would stay for weeks.
 */
export function idleMemory(): () => void {
  let timer: NodeJS.Timeout | null = null
  return () => {
    if (timer !== null) clearTimeout(timer)
    timer = setTimeout(collect, quietMs).unref()
  }
}

function collect(): void {
  setFlagsFromString('--expose-gc')
  const gc: unknown = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  if (typeof gc === 'function') gc({ type: 'major', flavor: 'last-resort' })
}
