import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

export interface PutServer extends AsyncDisposable {
  /** What a config would call `helper`. */
  readonly argv: readonly [string, ...string[]]
}

/** What sudo is to `belay-put`: runs it as root, for whoever asks. `program`: a copy that has its list of trees here. */
export async function putServer(program: string, socket: string): Promise<PutServer> {
  const answer = async (connection: Socket): Promise<void> => {
    const asked = await buffer(connection)
    const end = asked.indexOf(0x0a)
    const words = JSON.parse(asked.subarray(0, end).toString()) as string[]
    const { status, stderr } = spawnSync(program, words, { input: asked.subarray(end + 1), encoding: 'utf8', cwd: '/' })
    connection.end(JSON.stringify({ status, stderr }))
  }
  const server = createServer({ allowHalfOpen: true }, (connection) => void answer(connection))
  server.listen(socket)
  await once(server, 'listening')
  chmodSync(socket, 0o777)
  return {
    argv: [process.execPath, fileURLToPath(new URL('put-client.ts', import.meta.url)), socket],
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}
