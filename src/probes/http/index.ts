import { readVersionText } from '../../core/version/file.ts'
import { ask } from '../../host/ask.ts'
import { jsonAt } from '../../host/json-pointer.ts'
import type { Probe } from '../../ports/probe.ts'
import { type HttpProbeConfig, httpProbeSchema } from './schema.ts'

/** What the running program says of itself, so it also proves that the new version runs. No answer: unknown. */
export function httpProbe(): Probe<HttpProbeConfig> {
  return {
    kind: 'http',
    config: httpProbeSchema,
    describe: ({ http }) => http,
    live: true,
    read: async (config, _, signal) => {
      const answer = await ask({ url: config.http, insecureTls: config.insecure_tls, signal })
      if ('code' in answer || answer.status !== 200) return null
      if (config.json === undefined) return readVersionText(answer.body)
      const value = jsonAt(answer.body, config.json)
      return typeof value === 'string' ? readVersionText(value) : null
    },
  }
}
