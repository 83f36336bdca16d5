/** What is signed with: an ssh key, one of gpg, or a certificate. */
export type SignatureKind = 'ssh' | 'pgp' | 'x509'

export interface SignedTag {
  /** What the tag calls itself. A signed one can be put under any other name. */
  readonly name: string
  readonly object: string
  readonly type: string
  readonly signature: SignatureKind | null
}

/** A tag object as git keeps it; null: it is none. */
export function readTag(text: string): SignedTag | null {
  const end = text.indexOf('\n\n')
  const head = headers(end === -1 ? text : text.slice(0, end))
  const [object, type, name] = [head.get('object'), head.get('type'), head.get('tag')]
  if (object === undefined || type === undefined || name === undefined || end === -1) return null
  return { name, object, type, signature: kindOf(text.slice(end)) }
}

/** What a commit object is signed with; null: it is not. */
export function commitSignature(text: string): SignatureKind | null {
  const head = headers(text.slice(0, Math.max(text.indexOf('\n\n'), 0)))
  const signature = head.get('gpgsig') ?? head.get('gpgsig-sha256')
  return signature === undefined ? null : kindOf(`\n${signature}`)
}

/** The first of each name; the lines that continue one begin with a space, and are not needed. */
function headers(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z0-9-]+) (.*)$/.exec(line) ?? []
    if (name !== undefined && value !== undefined && !found.has(name)) found.set(name, value)
  }
  return found
}

function kindOf(text: string): SignatureKind | null {
  if (text.includes('\n-----BEGIN SSH SIGNATURE-----')) return 'ssh'
  if (/\n-----BEGIN PGP (?:SIGNATURE|MESSAGE)-----/.test(text)) return 'pgp'
  return text.includes('\n-----BEGIN SIGNED MESSAGE-----') ? 'x509' : null
}
