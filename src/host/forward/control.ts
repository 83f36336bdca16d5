import { once } from 'node:events'
import { chmod, open, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import type { Shares } from '../../core/traffic/slots.ts'
import type { OpenAt } from './load.ts'
import type { Places } from './places.ts'
import { controlName, parseTarget, type Target, targetName } from './target.ts'

/**
 * How Belay talks to a forwarder, which may be of another version: one line of JSON each way over a socket in a folder of this
 * user alone. Commands and fields are only ever added.
 */
export type Command =
  | { readonly do: 'status' | 'reload' | 'release' }
  | { readonly do: 'hold'; readonly limitMs: number }

export interface Status {
  readonly pid: number
  readonly mode: Target['mode']
  readonly listen: Target['listen']
  readonly slots: Target['slots']
  readonly shares: Shares
  readonly held: boolean
  readonly open: OpenAt
}

const lineBytesMax = 4096
const idleMs = 10_000
const holdMsMax = 3_600_000

/** Answers in the current folder, whose path may be longer than a socket's can be. */
export async function serveControl(places: Places): Promise<Server> {
  await rm(controlName, { force: true })
  const server = createServer((socket) => {
    socket.setTimeout(idleMs, () => socket.destroy())
    socket.on('error', () => socket.destroy())
    readLine(socket, (line) => {
      answer(line, places).then(
        (status) => socket.end(`${JSON.stringify(status)}\n`),
        (error: unknown) => socket.end(`${JSON.stringify({ error: String(error) })}\n`),
      )
    })
  })
  server.listen(controlName)
  await once(server, 'listening')
  await chmod(controlName, 0o600)
  server.on('error', () => {})
  return server
}

function readLine(socket: Socket, got: (line: string) => void): void {
  let text = ''
  let over = false
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => {
    if (over) return
    text += chunk
    if (text.length > lineBytesMax) socket.destroy()
    const at = text.indexOf('\n')
    if (at < 0) return
    over = true
    got(text.slice(0, at))
  })
}

async function answer(line: string, places: Places): Promise<Status> {
  const command: unknown = JSON.parse(line)
  const { do: what, limitMs } =
    typeof command === 'object' && command !== null ? { do: '', limitMs: 0, ...command } : {}
  if (what === 'reload') {
    const next = await readTarget(targetName)
    if (next === null) throw new Error(`${targetName} is no target`)
    places.follow({ ...next, mode: places.target.mode, listen: places.target.listen })
  }
  if (what === 'hold') {
    places.gate.hold(Math.min(Math.max(Number(limitMs) || 0, 0), holdMsMax))
    places.forgetIdle()
  }
  if (what === 'release') places.gate.release()
  return statusOf(places)
}

function statusOf({ target, gate, load }: Places): Status {
  const { mode, listen, slots, shares } = target
  return { pid: process.pid, mode, listen, slots, shares, held: gate.held, open: load.open }
}

/** null: there is none, or none that can be read. */
export async function readTarget(file: string): Promise<Target | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  return text === null ? null : parseTarget(text)
}

/** null: nobody answers. An error of whoever answers is thrown with its own words. */
export async function askControl(path: string, command: Command, timeoutMs: number): Promise<Status | null> {
  // A socket's path may be 107 bytes long, that of a state folder longer: its open folder has a short name.
  await using folder = await open(dirname(path)).catch(() => null)
  if (folder === null) return null
  const short = process.platform === 'linux' ? join(`/proc/self/fd/${folder.fd}`, controlName) : path
  const line = await exchangeLine(short, JSON.stringify(command), timeoutMs)
  if (line === null) return null
  const said: Status | { readonly error: string } = JSON.parse(line)
  if ('error' in said) throw new Error(said.error)
  return said
}

function exchangeLine(path: string, line: string, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.setTimeout(timeoutMs, () => socket.destroy())
    socket.once('connect', () => socket.write(`${line}\n`))
    socket.on('error', () => socket.destroy())
    socket.once('close', () => resolve(null))
    readLine(socket, (said) => {
      resolve(said)
      socket.destroy()
    })
  })
}
