/** What a secret becomes wherever it is found. */
export const hidden = '***'

/** Shorter ones are words of the text itself, such as "root" or a port. */
const secretCharsMin = 4

/** Forms that are secret whatever config they come from: whoever wrote them into a log did so by mistake. */
const forms: readonly (readonly [RegExp, string])[] = [
  // user:password@ of an address
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${hidden}@`],
  [
    /\b(authorization|proxy-authorization|cookie|set-cookie|x-csrf-token)(["']?\s*[:=]\s*["']?)[^"'\r\n]+/gi,
    `$1$2${hidden}`,
  ],
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${hidden}`],
  [/\b(belay_|whsec_|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abprs]-)[\w+/=-]{8,}/g, `$1${hidden}`],
  [/([?&](?:[\w-]*(?:token|secret|password|key|sig|signature))=)[^&\s"'#]+/gi, `$1${hidden}`],
  [
    /\b((?:[\w-]*_)?(?:password|passwd|secret|token|api_?key))(["']?\s*[:=]\s*["']?)(?![{[*\s]|env\b|file\b|null\b)[^\s"',}]+/gi,
    `$1$2${hidden}`,
  ],
]

/** Hides these values, and what looks like a secret, in a text that leaves the host. */
export function scrub(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret.length >= secretCharsMin)
  const longestFirst = known.flatMap(spellings).toSorted((a, b) => b.length - a.length)
  const without = longestFirst.reduce((left, secret) => left.replaceAll(secret, hidden), text)
  return forms.reduce((left, [form, by]) => left.replaceAll(form, by), without)
}

/** As it stands, as JSON, in an address and in a header of basic authentication. */
function spellings(secret: string): readonly string[] {
  return [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]
}
