import { connect, type Socket } from 'node:net'
import type { Slot } from '../../core/traffic/slots.ts'
import { endUnlessConnected } from './attempt.ts'
import { join } from './join.ts'
import type { Places } from './places.ts'
import { keepAliveMs } from './upgrade.ts'

/** A connection of any protocol: to one slot, from its first byte to its last. `client` is paused and may be half-open. */
export function stream(client: Socket, places: Places): void {
  client.on('error', () => client.destroy())
  places.gate.pass(() => {
    if (client.destroyed) return
    const slot = places.pick()
    if (slot === null) client.resetAndDestroy()
    else dial(client, slot, places, true)
  })
}

function dial(client: Socket, slot: Slot, places: Places, first: boolean): void {
  const end = places.load.begin(slot, 'streams')
  const server = connect({ ...places.addressOf(slot), allowHalfOpen: true, noDelay: true })
  endUnlessConnected(server)
  const gone = () => server.destroy()
  const refused = () => {
    end()
    client.off('close', gone)
    const other = first ? places.instead(slot) : null
    if (other === null) client.resetAndDestroy()
    else dial(client, other, places, false)
  }
  client.once('close', gone)
  server.once('error', refused)
  server.once('close', end)
  server.once('connect', () => {
    client.off('close', gone)
    server.off('error', refused)
    server.setKeepAlive(true, keepAliveMs)
    client.setKeepAlive(true, keepAliveMs)
    join(client, server, end)
  })
}
