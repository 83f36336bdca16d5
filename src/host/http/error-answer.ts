import type { BelayError } from '../../core/model/problem.ts'
import { readBody } from './body.ts'
import type { ExchangeContext, Exchanged } from './exchange.ts'
import { statusFailure } from './status.ts'
import type { Headers } from './types.ts'

/** Reads what an error answer says about itself and closes it. */
export async function failureOf(
  context: ExchangeContext,
  answer: Exchanged,
  secretHeaders: Headers | undefined,
): Promise<BelayError> {
  const secrets = Object.values(secretHeaders ?? {}).flatMap((value) => [value, value.replace(/^\S+ /, '')])
  let body = ''
  try {
    body = (await readBody(answer, context.limits.errorBytesMax)).toString('utf8')
  } catch {
    // The status is the news; a message that cannot be read does not change it.
  }
  const { url, status, headers } = answer
  return statusFailure({ url, status, headers, body, secrets, nowMs: context.clock.now() })
}
