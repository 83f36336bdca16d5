import { type Answer, ask, askTimeoutMs } from '../../host/ask.ts'
import { jsonAt } from '../../host/json-pointer.ts'
import { failed, failedBy, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type HealthEndpointConfig, healthEndpointSchema } from './schema.ts'

const snippetCharsMax = 500
/** Of the answer in the sentence. */
const lastCharsMax = 120

/** What in the answer is not as expected; null: it is healthy. */
function complaint(config: HealthEndpointConfig, answer: Answer): string | null {
  const statuses = [config.expected_status].flat()
  if (!statuses.includes(answer.status)) return `answered ${answer.status} instead of ${statuses.join(' or ')}`
  if (config.body !== undefined && !answer.body.includes(config.body)) return `did not say "${config.body}"`
  for (const [pointer, value] of Object.entries(config.json ?? {})) {
    const found = jsonAt(answer.body, pointer)
    if (found !== value)
      return `has ${JSON.stringify(found) ?? 'nothing'} at ${pointer} instead of ${JSON.stringify(value)}`
  }
  return null
}

async function run(config: HealthEndpointConfig, _: CheckContext, signal: AbortSignal): Promise<CheckResult> {
  const limitMs = config.timeout_seconds * 1000
  const timeoutMs = limitMs > 0 ? Math.min(askTimeoutMs, limitMs) : askTimeoutMs
  const answer = await ask({ url: config.url, insecureTls: config.insecure_tls, timeoutMs, signal })
  if ('code' in answer) return failedBy(answer)
  const { status, ms, location } = answer
  const body = answer.body.slice(0, snippetCharsMax)
  const facts = { url: config.url, status, ms, body, ...(location === null ? {} : { location }) }
  const wrong = complaint(config, answer)
  if (wrong === null) return passed(facts)
  const last = answer.body.trim().split('\n', 1)[0]?.slice(0, lastCharsMax) ?? ''
  return failed(`GET ${config.url} ${wrong}`, 'The answer and the log of the service say why it is not healthy.', {
    ...facts,
    ...(last === '' ? {} : { last }),
  })
}

/** An address of the running program answers as expected. One request per try; the engine tries until the timeout. */
export function healthEndpointCheck(): Check<HealthEndpointConfig> {
  return {
    kind: 'health_endpoint',
    config: healthEndpointSchema,
    describe: ({ url }) => `health ${url}`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
