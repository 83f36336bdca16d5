import { insecure, notAnAddress } from './failures.ts'

/**
 * Plain http is refused unless its host is in the list (`127.0.0.1`, `localhost`, `host:port`, `[::1]`): whoever sits on
 * the way could otherwise answer in the server's place. Asked again for every redirect.
 */
export function checkAddress(text: string, allowHttp: readonly string[], base?: URL): URL {
  const url = URL.parse(text, base?.href)
  if (url === null) throw notAnAddress(text)
  if (url.protocol === 'https:') return url
  if (url.protocol === 'http:' && allowsHttp(url.host, allowHttp)) return url
  throw insecure(showUrl(url), url.hostname, base === undefined ? null : showUrl(base))
}

/** Whether `host` (`registry.lan`, `127.0.0.1:5000`) may be asked over plain http. */
export function allowsHttp(host: string, allowHttp: readonly string[]): boolean {
  const url = URL.parse(`http://${host}/`)
  return url !== null && allowHttp.some((entry) => matches(url, entry))
}

function matches(url: URL, entry: string): boolean {
  const wanted = entry.toLowerCase()
  const bare = url.hostname.replace(/^\[(.*)\]$/, '$1')
  return wanted === url.hostname || wanted === bare || wanted === `${url.hostname}:${url.port === '' ? '80' : url.port}`
}

const openParameters: ReadonlySet<string> = new Set(['page', 'per_page', 'limit', 'ref'])

/** A URL as it may be shown: no user, no password, no fragment, and only query values that cannot be a secret. */
export function showUrl(url: string | URL): string {
  const parsed = typeof url === 'string' ? URL.parse(url) : url
  if (parsed === null) return '(not a URL)'
  const query = [...parsed.searchParams].map(([key, value]) => `${key}=${openParameters.has(key) ? value : '…'}`)
  return `${parsed.origin}${parsed.pathname}${query.length === 0 ? '' : `?${query.join('&')}`}`
}

export function sameOrigin(a: string, b: string): boolean {
  const [one, other] = [URL.parse(a), URL.parse(b)]
  return one !== null && other !== null && one.origin === other.origin
}
