/** What of the config says where the page is opened. */
export interface PagePlace {
  /** null: the agent answers nowhere. */
  readonly listen: { readonly port: number; readonly tls: object | null } | null
  readonly access: { readonly hosts: readonly string[]; readonly proxies: readonly string[] }
}

/**
 * Where people open the page, for a link in a message; null: nothing in the config tells. An address, or `localhost`, would
 * lead the reader's own machine astray. Behind a proxy it is the proxy's encrypted door.
 */
export function pageOf({ listen, access }: PagePlace): string | null {
  if (listen === null) return null
  const name = access.hosts.find((host) => /[a-z]/.test(host) && !host.includes(':') && host !== 'localhost')
  if (name === undefined) return null
  if (access.proxies.length > 0) return `https://${name}/`
  return `${listen.tls === null ? 'http' : 'https'}://${name}:${listen.port}/`
}
