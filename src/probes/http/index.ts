import { readVersionText } from '../../core/version/file.ts'
import { ask, jsonAt } from '../../host/ask.ts'
import type { Probe } from '../../ports/probe.ts'
import { type HttpProbeConfig, httpProbeSchema } from './schema.ts'

/** What the running program itself says. No answer means that the version is unknown, not that it is old. */
export function httpProbe(): Probe<HttpProbeConfig> {
  return {
    kind: 'http',
    config: httpProbeSchema,
    describe: ({ http }) => http,
    live: true,
    async read(config, _ref, signal) {
      const answer = await ask({ url: config.http, signal, insecureTls: config.insecure_tls })
      if ('code' in answer || answer.status !== 200) return null
      if (config.json === undefined) return readVersionText(answer.body)
      const value = jsonAt(answer.body, config.json)
      return typeof value === 'string' ? readVersionText(value) : null
    },
  }
}
