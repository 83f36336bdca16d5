/**
 * Runs inside the engine's network namespace and joins it to the test process by a unix socket, so that nothing of the
 * host's network has to change. The first line of a connection says what it wants:
 *   `dial HOST PORT`   answered by `ok`, then bytes both ways, or by the error's code
 *   `listen PATH`      answered by `ok PORT`; every connection to that port of the bridge is passed on to the unix
 *                      socket PATH, until the asking connection closes
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { closable, firstLine, splice } from './splice.ts'

const bridge = '10.200.0.1'

async function serve(client: Socket): Promise<void> {
  client.on('error', () => client.destroy())
  const [verb, first = '', second = ''] = (await firstLine(client)).split(' ')
  if (verb === 'dial') dial(client, first, Number(second))
  else if (verb === 'listen') listen(client, first)
  else client.end('EINVAL\n')
}

function dial(client: Socket, host: string, port: number): void {
  const target = connect({ host, port, allowHalfOpen: true })
  const refuse = (error: NodeJS.ErrnoException): void => void client.end(`${error.code ?? 'EIO'}\n`)
  target.once('error', refuse)
  target.once('connect', () => {
    target.off('error', refuse)
    client.write('ok\n')
    splice(client, target)
  })
}

function listen(client: Socket, path: string): void {
  const server = createServer({ allowHalfOpen: true }, (caller) =>
    splice(caller, connect({ path, allowHalfOpen: true })),
  )
  const close = closable(server)
  server.on('error', (error: NodeJS.ErrnoException) => client.end(`${error.code ?? 'EIO'}\n`))
  server.listen(0, bridge, () => client.write(`ok ${(server.address() as AddressInfo).port}\n`))
  client.on('close', () => void close())
  client.on('end', () => client.destroy())
  client.resume()
}

createServer({ allowHalfOpen: true }, (client) => void serve(client).catch(() => client.destroy())).listen(
  process.argv[2],
)
