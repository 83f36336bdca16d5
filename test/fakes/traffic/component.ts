interface Sample {
  /** Of the server of releases. */
  readonly url: string
  /** The folder that it is installed in. */
  readonly path: string
  readonly traffic: Readonly<Record<string, unknown>>
  readonly startupMs: number
  /** More of the application's environment, as server.mjs says. */
  readonly env?: Readonly<Record<string, string | number>>
  /** Beyond those of the slots; left out: Belay's own choice. */
  readonly after?: readonly object[]
}

/** A config of belay with one component, `app`: the sample application in two slots, as processes of this host. */
export function sampleConfig({ url, path, traffic, startupMs, env = {}, after }: Sample) {
  const service = {
    type: 'process',
    command: [process.execPath, 'server.mjs'],
    env: { STARTUP_MS: startupMs, ...env },
    stop_timeout: '1m',
  }
  return {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      app: {
        source: { type: 'http', url: `${url}/feed.json`, asset: 'app-{version}.tar.gz' },
        strategy: {
          type: 'directory',
          path,
          layout: 'slots',
          service,
          traffic: {
            ...traffic,
            ready: { path: '/health' },
            identify: { header: 'X-Version' },
            drain: { requests: '30s', streams: '2m' },
          },
        },
        version: { file: 'VERSION' },
        ...(after === undefined ? {} : { checks: { after } }),
      },
    },
  }
}
