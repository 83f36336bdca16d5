/** What a browser says of where a request comes from. */
export interface Whence {
  readonly origin: string | null
  /** `sec-fetch-site` */
  readonly site: string | null
  readonly host: string | null
  readonly secure: boolean
}

/**
 * `own`: a page of ours, port and scheme included. `foreign`: another one, the same host on another port among them
 * (cookies are sent there too). `unsaid`: no browser, or one that does not say.
 */
export function whence({ origin, site, host, secure }: Whence): 'own' | 'foreign' | 'unsaid' {
  if (site !== null && site !== 'same-origin' && site !== 'none') return 'foreign'
  if (origin !== null) {
    const own = `${secure ? 'https' : 'http'}://${host ?? ''}`
    return origin.toLowerCase() === own.toLowerCase() ? 'own' : 'foreign'
  }
  return site === 'same-origin' ? 'own' : 'unsaid'
}
