import { ask } from '../../host/ask.ts'
import { failed, failedBy, passed } from '../../host/check-result.ts'
import { connectTo } from '../../host/connect.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type NetworkConfig, networkSchema } from './schema.ts'

async function run(config: NetworkConfig, _: CheckContext, signal: AbortSignal): Promise<CheckResult> {
  if (config.url !== undefined) {
    const proxy = proxyFor(new URL(config.url))
    if (proxy !== null) {
      const reached = await connectTo(proxy.hostname, Number(proxy.port === '' ? 80 : proxy.port), signal)
      return 'code' in reached ? failedBy(reached) : passed({ proxy: proxy.host, ms: reached.ms })
    }
    const answer = await ask({ url: config.url, method: 'HEAD', signal })
    if ('code' in answer) return failedBy(answer)
    return passed({ url: config.url, status: answer.status, ms: answer.ms })
  }
  if (config.host === undefined) return failed('network was given nothing to reach', 'Name a "url" or a "host".')
  const reached = await connectTo(config.host, config.port, signal)
  return 'code' in reached ? failedBy(reached) : passed({ host: config.host, port: config.port, ms: reached.ms })
}

/** Behind a proxy the way out is the proxy: the server itself cannot be reached directly, and need not be. */
function proxyFor(url: URL): URL | null {
  if (['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)) return null
  const name = url.protocol === 'https:' ? 'https_proxy' : 'http_proxy'
  const value = process.env[name] ?? process.env[name.toUpperCase()] ?? ''
  return URL.canParse(value) ? new URL(value) : null
}

/** A server can be reached from here: by default the component's source, whose address the plan fills in. */
export function networkCheck(): Check<NetworkConfig> {
  return {
    kind: 'network',
    config: networkSchema,
    describe: ({ url, host, port }) => `network ${url ?? (host === undefined ? '' : `${host}:${port}`)}`.trim(),
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
