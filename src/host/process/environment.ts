import type { Identity } from './identity.ts'

/** How programs find their way through the network of this host: package installers need these. */
export const networkNames = [
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
] as const

/**
 * What a program inherits of our own environment. A list of what may pass, because what must not (tokens, passwords,
 * BELAY_*) has no closed list.
 */
const passed = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', ...networkNames] as const

export const pathDefault = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The environment of a program: the passed part of `own`, who it runs as, then `given`, which wins. */
export function environmentFor(
  own: Readonly<Record<string, string | undefined>>,
  identity: Identity,
  given: Readonly<Record<string, string>>,
): Record<string, string> {
  const result: Record<string, string> = { PATH: pathDefault, LANG: 'C.UTF-8' }
  for (const name of passed) {
    const value = own[name]
    if (value !== undefined && value !== '') result[name] = value
  }
  return { ...result, HOME: identity.home, USER: identity.name, LOGNAME: identity.name, ...given }
}
