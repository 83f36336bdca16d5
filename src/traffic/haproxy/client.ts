import { connect } from 'node:net'
import { permissionDenied, replyTooLong, socketUnreachable } from './failures.ts'

const replyBytesMax = 8 * 1024 * 1024
const replyTimeoutMs = 10_000

/**
 * Some commands on one line of the runtime API; HAProxy answers and closes. Errors: E_TRAFFIC_UNREACHABLE, E_PERMISSION.
 */
export async function command(address: string, commands: readonly string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  const limit = AbortSignal.any([signal, AbortSignal.timeout(replyTimeoutMs)])
  const socket = connect({ ...place(address), signal: limit })
  let reply = ''
  try {
    socket.setEncoding('latin1').write(`${commands.join('; ')}\n`)
    for await (const chunk of socket) {
      reply += String(chunk)
      if (reply.length > replyBytesMax) throw replyTooLong(address)
    }
  } catch (error) {
    signal.throwIfAborted()
    throw socketUnreachable(address, error)
  } finally {
    socket.destroy()
  }
  if (/^Permission denied/m.test(reply)) throw permissionDenied(address)
  return reply
}

function place(address: string): { readonly path: string } | { readonly host: string; readonly port: number } {
  if (address.startsWith('/')) return { path: address }
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at).replaceAll(/^\[|\]$/g, ''), port: Number(address.slice(at + 1)) }
}
