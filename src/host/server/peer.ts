import type { IncomingHttpHeaders } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'

/** Who is at the other end of a connection, as far as can be known. */
export interface Peer {
  /** An address; words where nobody knows. */
  readonly address: string
  readonly secure: boolean
}

/** Longer chains are no proxies' doing. */
const hopsMax = 16

/** Headers by which a proxy says that it is one. */
const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'] as const

/**
 * Looks through proxies that are believed, from the nearest one outwards: what stands left of the first address that is
 * not one of them may have been made up by that caller. A proxy that is not believed speaks for nobody: even when it is
 * on this host, its callers are not.
 */
export function peerOf(socket: Socket, headers: IncomingHttpHeaders, proxies: readonly string[]): Peer {
  const nearest = plain(socket.remoteAddress ?? '')
  const encrypted = 'encrypted' in socket
  const believed = believing(proxies)
  if (!believed(nearest)) {
    const speaksForOthers = proxyHeaders.some((name) => headers[name] !== undefined)
    return { address: speaksForOthers ? `unknown, through ${nearest}` : nearest, secure: encrypted }
  }
  const hops = listOf(headers['x-forwarded-for']).toReversed().slice(0, hopsMax)
  const outermost = hops.find((hop) => !believed(hop)) ?? hops.at(-1) ?? nearest
  // The nearest one sets it anew or adds to it: the last word is its own.
  const protocol = listOf(headers['x-forwarded-proto']).at(-1)
  return {
    address: isIP(outermost) === 0 ? `unknown, through ${nearest}` : outermost,
    secure: protocol === undefined ? encrypted : protocol === 'https',
  }
}

function listOf(header: string | readonly string[] | undefined): readonly string[] {
  const text = typeof header === 'string' ? header : (header ?? []).join(',')
  return text
    .split(',')
    .map((part) => plain(part.trim().toLowerCase()))
    .filter((part) => part !== '')
}

/** `::ffff:10.0.0.1` and `[::1]:80` as what they stand for. */
function plain(address: string): string {
  const bare =
    /^\[([0-9a-f:.]+)\](?::\d+)?$/i.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address
  return bare.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
}

function believing(proxies: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const proxy of proxies) {
    const [address = '', bits] = proxy.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
  }
}
