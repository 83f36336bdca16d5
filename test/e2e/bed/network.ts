/** Ways between the test process and the devices, through the gateway in their network namespace. */
import { once } from 'node:events'
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { closable, firstLine, splice } from './splice.ts'

/** The name by which a device calls ports of the test process (see `exposePort`). */
export const hostName = 'host.bed'

export interface HttpOptions {
  readonly method?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
  /** For the whole exchange; 60,000 when absent. */
  readonly timeoutMs?: number | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A way in or out that stays open until it is closed. */
export interface Door {
  readonly port: number
  readonly url: string
  close(): Promise<void>
}

interface Address {
  readonly host: string
  readonly port: number
}

/** Opens a TCP connection in the devices' network. Rejects with the system's code, such as ECONNREFUSED. */
export async function dial(gateway: string, to: Address): Promise<Socket> {
  const socket = connect({ path: gateway, allowHalfOpen: true })
  const answer = await ask(socket, `dial ${to.host} ${to.port}`)
  if (answer === 'ok') return socket
  socket.destroy()
  throw Object.assign(new Error(`${to.host}:${to.port}: ${answer}`), { code: answer })
}

/** One HTTP exchange with an address of the devices' network, on a connection of its own. */
export async function http(gateway: string, to: Address, path: string, options: HttpOptions = {}): Promise<HttpAnswer> {
  const socket = await dial(gateway, to)
  const exchange = request({
    ...to,
    path,
    method: options.method ?? 'GET',
    headers: { connection: 'close', ...options.headers },
    signal: AbortSignal.timeout(options.timeoutMs ?? 60_000),
    createConnection: () => socket.resume(),
  })
  const answered = once(exchange, 'response')
  exchange.end(options.body)
  const [response] = (await answered) as [IncomingMessage]
  const body = await response.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '')
  return { status: response.statusCode ?? 0, headers: response.headers, body }
}

/** A port on 127.0.0.1 of the host that leads to an address of the devices' network, asked for at each connection. */
export async function forwardPort(gateway: string, target: () => Address): Promise<Door> {
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    dial(gateway, target()).then(
      (socket) => splice(caller, socket),
      () => caller.resetAndDestroy(),
    )
  })
  const close = closable(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, url: `http://127.0.0.1:${port}`, close }
}

/** A port that devices reach at `http://host.bed:PORT` and that leads to 127.0.0.1:`port` of the host. */
export async function exposePort(gateway: string, socketPath: string, port: number): Promise<Door> {
  const server = createServer({ allowHalfOpen: true }, (caller) => {
    splice(caller, connect({ host: '127.0.0.1', port, allowHalfOpen: true }))
  })
  const closeServer = closable(server)
  server.listen(socketPath)
  await once(server, 'listening')
  const control = connect({ path: gateway, allowHalfOpen: true })
  const [word = '', number = ''] = (await ask(control, `listen ${socketPath}`)).split(' ')
  const close = async (): Promise<void> => {
    control.destroy()
    await closeServer()
  }
  if (word === 'ok') return { port: Number(number), url: `http://${hostName}:${number}`, close }
  await close()
  throw new Error(`the gateway cannot listen: ${word}`)
}

function ask(socket: Socket, line: string): Promise<string> {
  socket.write(`${line}\n`)
  return firstLine(socket)
}
