import type { Dispatcher } from 'undici'
import type { HttpLimits } from './types.ts'

export interface DispatcherOptions {
  readonly limits: HttpLimits
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are read, in either case. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/**
 * Connections for one client. undici is loaded with the first request: most commands make none, and it takes longer to
 * load than they take to run. HTTP/2 is off: every source speaks HTTP/1.1, whose ranges and resets are what the tests see.
 */
export async function openDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { Agent, EnvHttpProxyAgent } = await import('undici')
  const { limits } = options
  const settings = {
    allowH2: false,
    connect: { timeout: limits.connectTimeoutMs },
    headersTimeout: limits.headersTimeoutMs,
    bodyTimeout: limits.bodyIdleTimeoutMs,
    pipelining: 1,
  }
  const proxy = proxyOf(options.environment)
  return proxy === null ? new Agent(settings) : new EnvHttpProxyAgent({ ...settings, ...proxy })
}

function proxyOf(environment: DispatcherOptions['environment']) {
  const get = (name: string): string => environment[name] ?? environment[name.toUpperCase()] ?? ''
  const [httpProxy, httpsProxy, noProxy] = [get('http_proxy'), get('https_proxy'), get('no_proxy')]
  if (httpProxy === '' && httpsProxy === '') return null
  return {
    // What listens on this host is not behind a proxy, and no proxy could reach it.
    noProxy: [noProxy, 'localhost', '127.0.0.1', '[::1]'].filter((host) => host !== '').join(','),
    ...(httpProxy === '' ? {} : { httpProxy }),
    ...(httpsProxy === '' ? {} : { httpsProxy }),
  }
}
