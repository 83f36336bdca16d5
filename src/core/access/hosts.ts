/** An address of this very host, as a socket tells it. */
export function isLoopback(address: string): boolean {
  return /^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(address) || address === '::1'
}

/** `name`, `name:port`, `[::1]:port` without its port, lower case; null: it is no such thing. */
export function hostNameOf(header: string): string | null {
  const found = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::\d{1,5})?$/i.exec(header)
  return found?.[1]?.toLowerCase().replace(/\.$/, '') ?? null
}

/** Dots and digits, or brackets: nothing that a name server has a say in. */
function isAddress(name: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(name) || name.startsWith('[')
}

/**
 * Whether a page under this name may be ours. Another site can let its own name lead here (DNS rebinding), and its pages
 * would then be of the same origin; it can never have an address, or a name that is ours, as its own.
 */
export function isOurs(hostHeader: string | null, names: readonly string[]): boolean {
  const name = hostNameOf(hostHeader ?? '')
  if (name === null) return false
  return isAddress(name) || name === 'localhost' || name.endsWith('.localhost') || names.includes(name)
}
