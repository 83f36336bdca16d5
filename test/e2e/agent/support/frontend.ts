import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { World } from '../../../crash/support/world.ts'
import { cli, installed } from '../../faults/support/installed.ts'
import type { Agent } from './agent.ts'
import { gated, illSeconds, patient } from './patient.ts'

const hungMs = 120_000
const program = resolve(import.meta.dirname, '../../../../bin/belay')

type Json = Readonly<Record<string, unknown>>

interface Appliance {
  /** More of `agent` in its config. */
  readonly agent?: Json
  /** false: an update to 1.1.0 is never healthy, and is put back. */
  readonly migrates?: boolean
  /** true: an update waits in its middle until the gate is open. */
  readonly gate?: boolean
}

interface Config {
  agent: Json
  readonly components: { readonly app: { readonly strategy: { prepare: unknown } } }
}

/** A host with 1.0.0 of `app`, which its frontends call `dunebugger-core` too; its agent listens at a port of its own. */
export async function appliance(
  releases: string,
  { agent = {}, migrates = true, gate = false }: Appliance = {},
): Promise<World> {
  const world = await installed({
    releases,
    app: (app, { dir }) => ({
      ...patient(app, migrates ? undefined : illSeconds),
      source: { ...(app['source'] as object), prereleases: false },
      strategy: {
        ...app.strategy,
        prepare: [],
        migrate: migrates ? [[process.execPath, 'migrate.mjs', join(dir, 'data.json')]] : [],
      },
      aliases: ['dunebugger-core'],
      check: { every: 'off' },
    }),
  })
  const config = JSON.parse(await readFile(world.configFile, 'utf8')) as Config
  config.agent = { ...config.agent, listen: '127.0.0.1:0', ...agent }
  if (gate) config.components.app.strategy.prepare = gated(world.dir)
  await writeFile(world.configFile, JSON.stringify(config))
  return world
}

export async function tokenFor(world: World, scope: 'read' | 'operate' | 'admin'): Promise<string> {
  const { json, stderr } = await cli(world, ['token', 'create', 'test', '--scope', scope])
  const { token } = json as { token?: { token?: string } }
  if (token?.token === undefined) throw new Error(`no token was made: ${stderr}`)
  return token.token
}

export const password = 'correct horse battery staple'

/** Somebody who may do everything. */
export async function addUser(world: World): Promise<void> {
  const words = ['-c', world.configFile, '--state', world.state, 'user', 'add', 'anna', '--scope', 'admin']
  const child = spawn(program, words, { stdio: ['pipe', 'ignore', 'inherit'] })
  child.stdin.end(`${password}\n`)
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) throw new Error(`the user was not added: ${code}`)
}

/** The cookie of an admin who has logged in at the page, and what proves that the page sent it. */
export async function loginAt(
  world: World,
  origin: string,
): Promise<{ readonly cookie: string; readonly csrf: string }> {
  await addUser(world)
  const answer = await fetch(`${origin}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ name: 'anna', password }),
  })
  const { csrf } = (await answer.json()) as { csrf: string }
  const cookie = answer.headers.getSetCookie()[0]?.split(';', 1)[0]
  if (cookie === undefined) throw new Error(`nobody was logged in: ${answer.status}`)
  return { cookie, csrf }
}

/** Where it answers, once it does. */
export async function originOf(agent: Agent): Promise<string> {
  const said = await agent.says(/answering at \S+(?=\s)/)
  return said.slice('answering at '.length).replaceAll(/["',}]+$/g, '')
}

export interface Heard {
  readonly subject: string
  readonly source: string
  readonly destination: string
  readonly body: Json & { readonly components?: Readonly<Record<string, Json>> }
}

/** A frontend's side of the WebSocket. */
export class Frontend {
  readonly socket: WebSocket
  readonly heard: Heard[] = []
  private taken = 0
  readonly closed: Promise<number>

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Heard))
    socket.on('error', () => {})
    this.closed = once(socket, 'close').then(([code]) => code as number)
  }

  static async open(origin: string, headers: Readonly<Record<string, string>>): Promise<Frontend> {
    // The certificates of these tests are nobody's.
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ws`, { headers, rejectUnauthorized: false })
    const frontend = new Frontend(socket)
    await once(socket, 'open')
    return frontend
  }

  /** The status that the upgrade was refused with. */
  static async refused(origin: string, headers: Readonly<Record<string, string>>, path = '/ws'): Promise<number> {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}${path}`, { headers })
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    socket.terminate()
    return response.statusCode
  }

  say(message: Json | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  /** The next of that kind, after the one that was asked for last. */
  async hears(subject: string, fits: (heard: Heard) => boolean = () => true): Promise<Heard> {
    const deadline = Date.now() + hungMs
    for (;;) {
      const at = this.heard.findIndex((one, i) => i >= this.taken && one.subject === subject && fits(one))
      const found = this.heard[at]
      if (found !== undefined) {
        this.taken = at + 1
        return found
      }
      if (Date.now() > deadline) throw new Error(`it never heard ${subject}: ${JSON.stringify(this.heard)}`)
      await setTimeout(10)
    }
  }

  [Symbol.dispose](): void {
    this.socket.terminate()
  }
}
