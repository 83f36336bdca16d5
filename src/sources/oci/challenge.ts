/** How a registry wants to be asked, as its `WWW-Authenticate` says (RFC 9110 §11.6.1). */
export type Challenge =
  | { readonly kind: 'basic' }
  | { readonly kind: 'bearer'; readonly realm: string; readonly service: string | null }

const parameter = /([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))/g
const headerCharsMax = 8192

/** null: nothing that is known here. Where both are offered, a token is taken: it is worth less than the password. */
export function parseChallenge(header: string): Challenge | null {
  if (header.length > headerCharsMax) return null
  const bearer = /(?:^|,)\s*bearer\s+(.*)$/i.exec(header)?.[1]
  if (bearer !== undefined) {
    const values = new Map<string, string>()
    for (const [, name = '', quoted, plain = ''] of bearer.matchAll(parameter)) {
      const key = name.toLowerCase()
      if (!values.has(key)) values.set(key, quoted?.replaceAll(/\\(.)/g, '$1') ?? plain)
    }
    const realm = values.get('realm')
    if (realm !== undefined) return { kind: 'bearer', realm, service: values.get('service') ?? null }
  }
  return /(?:^|,)\s*basic(?:\s|,|$)/i.test(header) ? { kind: 'basic' } : null
}
