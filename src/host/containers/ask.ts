import type { IncomingMessage } from 'node:http'
import type { ZodType } from 'zod'
import type { BelayError } from '../../core/model/problem.ts'
import { type EngineRequest, exchange, readAll, type Wire } from './exchange.ts'
import { answerInvalid, refused } from './failures.ts'
import type { EngineLimits } from './types.ts'

/** Asks one engine; paths are relative to the version of its API. */
export interface Asker {
  readonly limits: EngineLimits
  /** null: 404. `what` completes "the container engine did not …". */
  find<T>(what: string, request: EngineRequest, schema: ZodType<T>): Promise<T | null>
  get<T>(what: string, request: EngineRequest, schema: ZodType<T>): Promise<T>
  /** For its effect: 2xx, 304 (it is so already), or one of `fine`. */
  act(what: string, request: EngineRequest, fine?: readonly number[]): Promise<void>
  /** The body as it comes. `failure`: what the message of an error answer means. */
  stream<T>(
    request: EngineRequest,
    failure: (said: string, status: number) => BelayError,
    read: (answer: IncomingMessage) => Promise<T>,
  ): Promise<T>
}

/** `prefix`: `/v1.41`, empty before a version is agreed. */
export function askerAt(wire: Wire, prefix: string): Asker {
  const at = wire.endpoint.address
  const { limits } = wire
  const send = <T>(request: EngineRequest, read: (answer: IncomingMessage) => Promise<T>) =>
    exchange(wire, { ...request, path: `${prefix}${request.path}` }, read)
  const find: Asker['find'] = (what, request, schema) =>
    send(request, async (answer) => {
      const status = answer.statusCode ?? 0
      const body = await readAll(answer, at, status < 300 ? limits.answerBytesMax : limits.errorBytesMax)
      if (status === 404) return null
      if (status !== 200) throw refused(at, what, status, saidIn(body))
      return parse(body, schema, at)
    })
  return {
    limits,
    find,
    get: async (what, request, schema) => {
      const found = await find(what, request, schema)
      if (found === null) throw refused(at, what, 404, '')
      return found
    },
    act: (what, request, fine = []) =>
      send(request, async (answer) => {
        const status = answer.statusCode ?? 0
        const body = await readAll(answer, at, limits.answerBytesMax)
        if ((status < 200 || status > 299) && status !== 304 && !fine.includes(status))
          throw refused(at, what, status, saidIn(body))
      }),
    stream: (request, failure, read) =>
      send(request, async (answer) => {
        const status = answer.statusCode ?? 0
        if (status === 200) return read(answer)
        throw failure(saidIn(await readAll(answer, at, limits.errorBytesMax)), status)
      }),
  }
}

function parse<T>(body: Buffer, schema: ZodType<T>, at: string): T {
  let json: unknown
  try {
    json = JSON.parse(body.toString('utf8'))
  } catch (error) {
    throw answerInvalid(at, 'sends an answer that is no JSON', error)
  }
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw answerInvalid(at, `sends an answer that is not understood: ${issue?.path.join('.')} ${issue?.message}`)
}

/** The engine's message, or the text itself where it is not the usual JSON. */
function saidIn(body: Buffer): string {
  const text = body.toString('utf8').trim()
  try {
    const json: unknown = JSON.parse(text)
    if (typeof json !== 'object' || json === null) return text
    const said = 'message' in json ? json.message : 'cause' in json ? json.cause : text
    return typeof said === 'string' ? said : text
  } catch {
    return text
  }
}
