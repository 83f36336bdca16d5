import { resolve } from 'node:path'
import { answer, type Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'

export interface ServeFlags {
  readonly host: string
  readonly port: number
}

/** Serves until Ctrl-C; with `--json` `{"url"}` as soon as it answers. */
export async function releaseServe(context: Context, dir: string, flags: ServeFlags): Promise<ExitCode> {
  const stop = new AbortController()
  const forget = context.io.onInterrupt(() => stop.abort())
  try {
    const server = await context.ports.serveReleases({
      dir: resolve(context.io.cwd, dir),
      host: flags.host,
      port: flags.port,
      signal: stop.signal,
    })
    answer(context, { url: server.url }, () => [
      `Serving the releases in ${dir} at ${server.url}`,
      `In the belay.yaml of a host: source: { type: http, url: "${server.url}/feed.json" }`,
      'Ctrl-C ends it.',
    ])
    await aborted(stop.signal)
    await server.close()
    return 0
  } finally {
    forget()
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((done) => signal.addEventListener('abort', () => done(), { once: true }))
}
