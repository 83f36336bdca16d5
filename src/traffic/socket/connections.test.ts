import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tcpInodes, unixInodes } from './connections.ts'

/** Recorded: /proc/net/tcp with the socket of 127.0.0.1:8080 listening, in use, waited for, and at the client's end. */
const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 21344179 1 00000000d527bfed 100 0 0 10 0
   1: 0100007F:1F90 0100007F:94CE 06 00000000:00000000 03:00000618 00000000     0        0 0 3 000000005c82306b
1034: 0100007F:1F90 0100007F:95A0 01 00000000:00000000 00:00000000 00000000   997        0 21344215 1 00000000a5e93f79 20 4 30 10 -1
1035: 0100007F:1F90 0100007F:95A4 08 00000000:00000000 00:00000000 00000000   997        0 21344216 1 00000000a5e93f80 20 4 30 10 -1
1036: 0100007F:95A0 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 21344200 1 00000000a5e93f81 20 4 30 10 -1
`

test('when connections are at the port of the socket then those that are open are told, at that end', () => {
  expect(tcpInodes(tcp, ['127.0.0.1:8080'])).toEqual(['21344215', '21344216'])
  expect(tcpInodes(tcp, ['[::]:8080', '127.0.0.1:9'])).toEqual(['21344215', '21344216'])
  expect(tcpInodes(tcp, ['127.0.0.1:80', '/run/crm.sock'])).toEqual([])
})

test('when the socket is a file then the end that was accepted is told, and not the one that listens', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'belay-unix-'))
  const path = join(dir, 'crm.sock')
  const server = createServer().listen(path)
  await once(server, 'listening')
  try {
    const table = () => readFile('/proc/net/unix', 'utf8')
    expect(unixInodes(await table(), [path])).toEqual([])
    const client = connect(path)
    await once(server, 'connection')
    expect(unixInodes(await table(), [path])).toHaveLength(1)
    expect(unixInodes(await table(), [`${path}x`])).toEqual([])
    client.destroy()
  } finally {
    server.close()
    await rm(dir, { recursive: true })
  }
})
