import { connect } from 'node:net'
import { type Problem, problem } from '../core/model/problem.ts'

const connectTimeoutMs = 5000

/** Opens one TCP connection and closes it again. Rejects only when the signal aborts. */
export async function connectTo(
  host: string,
  port: number,
  signal: AbortSignal,
  timeoutMs = connectTimeoutMs,
): Promise<{ readonly ms: number } | Problem> {
  signal.throwIfAborted()
  const begun = performance.now()
  const socket = connect({ host, port, signal })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('error', reject)
      socket.setTimeout(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs / 1000} s`)))
    })
    return { ms: Math.round(performance.now() - begun) }
  } catch (error) {
    signal.throwIfAborted()
    const text = error instanceof Error ? error.message : String(error)
    return problem('E_NETWORK', `${host}:${port} cannot be reached: ${text}`, {
      hint: 'Make sure that the program listens there and that nothing stands between.',
      retryable: true,
      facts: { host, port },
    })
  } finally {
    socket.on('error', () => {})
    socket.destroy()
  }
}
