/** RFC 9110, 7.6.1: these are about one connection alone. Bodies are framed anew on each. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])
/** Naming one of these in `Connection` would change what the request means. */
const never: ReadonlySet<string> = new Set(['host', 'content-length', 'content-type', 'authorization', 'cookie'])

type Pair = readonly [name: string, value: string]

/** Of a list of names and values in turn, as node:http gives and takes it. */
function pairs(raw: readonly string[]): readonly Pair[] {
  const found: Pair[] = []
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at] ?? '', raw[at + 1] ?? ''])
  return found
}

/** What is for the other end, in its order and spelling. */
function endToEnd(raw: readonly string[]): readonly Pair[] {
  const all = pairs(raw)
  const named = new Set<string>()
  for (const [name, value] of all) {
    if (name.toLowerCase() !== 'connection') continue
    for (const word of value.split(',')) named.add(word.trim().toLowerCase())
  }
  return all.filter(([name]) => {
    const lower = name.toLowerCase()
    return !hopByHop.has(lower) && (!named.has(lower) || never.has(lower))
  })
}

export interface Asking {
  readonly method: string
  readonly raw: readonly string[]
  /** The address of whoever asks. */
  readonly peer: string
  /** It said `Transfer-Encoding`: its length is not known before its end. */
  readonly chunked: boolean
  /** What it wants the connection to become; null: nothing. */
  readonly upgrade: string | null
}

/** Methods whose requests need no word about a body that they do not have. */
const bodyless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'])

/** The header of a request as the slot gets it. What a proxy before us said about the client is kept, and ours added. */
export function requestHeaders({ method, raw, peer, chunked, upgrade }: Asking): string[] {
  const kept = endToEnd(raw)
  const valueOf = (wanted: string) => kept.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value)
  const has = (wanted: string) => valueOf(wanted).length > 0
  const sent = kept.filter(([name]) => name.toLowerCase() !== 'x-forwarded-for').flat()
  sent.push('X-Forwarded-For', [...valueOf('x-forwarded-for'), peer].join(', '))
  if (!has('x-forwarded-proto')) sent.push('X-Forwarded-Proto', 'http')
  const [host] = valueOf('host')
  if (host !== undefined && !has('x-forwarded-host')) sent.push('X-Forwarded-Host', host)
  if (upgrade !== null) sent.push('Connection', 'Upgrade', 'Upgrade', upgrade)
  else if (chunked) sent.push('Transfer-Encoding', 'chunked')
  else if (!has('content-length') && !bodyless.has(method)) sent.push('Content-Length', '0')
  return sent
}

/** The header of an answer as the client gets it. */
export function answerHeaders(raw: readonly string[]): string[] {
  return endToEnd(raw).flat()
}

/** The text before a body, where we write to a connection ourselves. `more`: about this connection. */
export function answerHead(status: number, phrase: string, raw: readonly string[], more: readonly string[]): string {
  const lines = pairs([...raw, ...more]).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${status} ${phrase}\r\n${lines.join('')}\r\n`
}
