import { Agent, get } from 'node:http'

/** Longer than a door is ever held, on a machine that stands still in between. */
const timeoutMs = 60_000

export interface Asked {
  /** null: it was answered with 200. */
  readonly failure: string | null
  readonly version: string
  readonly ms: number
}

/**
 * One connection that is kept as long as the other side keeps it. One that was seen to be closed is not used again; one that
 * closes under a request costs that request, as it does in everything that sends what must not be sent twice.
 */
export function caller(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const ask = (path: string): Promise<Asked> =>
    new Promise((resolve) => {
      const begun = performance.now()
      const done = (failure: string | null, version = '') =>
        resolve({ failure, version, ms: performance.now() - begun })
      const request = get(`${url}${path}`, { agent, timeout: timeoutMs }, (response) => {
        const { statusCode = 0, headers } = response
        response.resume()
        response.on('end', () => done(statusCode === 200 ? null : String(statusCode), String(headers['x-version'])))
        response.on('error', () => done('cut'))
      })
      request.on('timeout', () => request.destroy(Object.assign(new Error('timeout'), { code: 'timeout' })))
      request.on('error', (error: NodeJS.ErrnoException) => done(kindOf(error)))
    })
  return { ask, close: () => agent.destroy() }
}

function kindOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ECONNREFUSED') return 'refused'
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'reset'
  return code ?? message
}
