import { readFile, writeFile } from 'node:fs/promises'
import { expect } from 'vitest'
import type { ZodType } from 'zod'
import { routes } from '../../src/api/routes/index.ts'
import { problemDocumentSchema } from '../../src/protocol/api/problem.ts'
import type { RunView } from '../../src/protocol/api/runs.ts'
import type { World } from '../crash/support/world.ts'
import { Agent } from '../e2e/agent/support/agent.ts'
import { appliance, originOf, tokenFor } from '../e2e/agent/support/frontend.ts'
import { openGate } from '../e2e/agent/support/patient.ts'

export type Body = Readonly<Record<string, unknown>>

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface Event {
  readonly event: string
  readonly id: string | null
  readonly data: Body
}

interface Config {
  readonly components: { readonly app: { policy?: unknown } }
}

/** `gate`: a run waits in its middle until `openGate`. */
export interface Host {
  readonly migrates?: boolean
  readonly gate?: boolean
  readonly policy?: unknown
}

/** A real agent of one application, and a client of its API. Every answer is held against its declared schema. */
export class Api implements AsyncDisposable {
  readonly world: World
  readonly agent: Agent
  readonly origin: string
  private readonly token: string
  private readonly gone = new AbortController()

  private constructor(world: World, agent: Agent, origin: string, token: string) {
    this.world = world
    this.agent = agent
    this.origin = origin
    this.token = token
  }

  static async open(releases: string, { migrates = false, gate = false, policy }: Host = {}): Promise<Api> {
    const world = await appliance(releases, { migrates, gate })
    const config = JSON.parse(await readFile(world.configFile, 'utf8')) as Config
    const { app } = config.components
    if (policy !== undefined) app.policy = policy
    await writeFile(world.configFile, JSON.stringify(config))
    const agent = new Agent(world)
    const token = await tokenFor(world, 'admin')
    return new Api(world, agent, await originOf(agent), token)
  }

  private headers(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { authorization: `Bearer ${this.token}`, ...more }
  }

  async ask(method: string, path: string, body: unknown = null, more: Record<string, string> = {}): Promise<Answer> {
    const json = body === null ? {} : { body: JSON.stringify(body) }
    const headers = this.headers({ ...(body === null ? {} : { 'content-type': 'application/json' }), ...more })
    const response = await fetch(`${this.origin}${path}`, { method, headers, ...json })
    const answer = (await response.json()) as Body
    expectDeclared(method, path, response, answer)
    return { status: response.status, headers: response.headers, body: answer }
  }

  openGate(): Promise<void> {
    return openGate(this.world.dir)
  }

  get = async (path: string, more: Record<string, string> = {}): Promise<Body> =>
    (await this.ask('GET', path, null, more)).body

  /** The events of an address, until it ends or the reader leaves. */
  async *events(path: string, more: Record<string, string> = {}): AsyncGenerator<Event, void> {
    const left = new AbortController()
    const signal = AbortSignal.any([left.signal, this.gone.signal])
    const response = await fetch(`${this.origin}${path}`, { headers: this.headers(more), signal })
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    let text = ''
    const decoder = new TextDecoder()
    try {
      for await (const chunk of response.body ?? []) {
        text += decoder.decode(chunk, { stream: true })
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        for (const part of parts) if (!part.startsWith(':')) yield eventOf(part)
      }
    } finally {
      left.abort()
    }
  }

  /** Begins something and reads its events to the end; gives the run as it was then, and what was seen before. */
  async carry(path: string, body: unknown = {}): Promise<{ readonly end: RunView; readonly seen: readonly Event[] }> {
    const begun = await this.ask('POST', path, body)
    if (begun.status !== 202) throw new Error(`${begun.status} ${JSON.stringify(begun.body)}`)
    return this.follow(String(begun.body['run']))
  }

  /** `met`: called once the first event is there. */
  async follow(
    run: string,
    met: () => unknown = () => {},
  ): Promise<{ readonly end: RunView; readonly seen: readonly Event[] }> {
    const seen: Event[] = []
    for await (const event of this.events(`/api/v1/runs/${run}/events`)) {
      if (seen.length === 0) await met()
      seen.push(event)
    }
    const last = seen.at(-1)
    expect(last?.event).toBe('closed')
    return { end: last?.data as unknown as RunView, seen }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.gone.abort()
    await this.agent[Symbol.asyncDispose]()
    await this.world.remove()
  }
}

function eventOf(part: string): Event {
  const field = (name: string) =>
    part
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2) ?? null
  return { event: field('event') ?? '', id: field('id'), data: JSON.parse(field('data') ?? 'null') as Body }
}

/** What the address declares that it answers; a key that its schema lacks is an error, too. */
function expectDeclared(method: string, path: string, { status, headers }: Response, body: Body): void {
  if (status >= 400) {
    expect(headers.get('content-type')).toBe('application/problem+json')
    return expectWhole(problemDocumentSchema, body)
  }
  const [plain = ''] = path.split('?')
  const found = routes.filter((route) => route.method === method && fits(route.path, plain))
  // `/runs/{id}` fits what `/runs/now` is: the one with the fewest unknowns is meant.
  const [meant] = found.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)
  if (meant === undefined || meant.answer === null) throw new Error(`no route declares what ${method} ${plain} answers`)
  expectWhole(meant.answer, body)
}

function expectWhole(schema: ZodType, body: Body): void {
  expect(schema.parse(body)).toEqual(body)
}

function fits(declared: string, path: string): boolean {
  return new RegExp(`^${declared.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path)
}
