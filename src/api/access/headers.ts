/** The page's own files and nothing else: a script that got into a release note would not run, nor reach anyone. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "font-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

const always: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
}

const yearSeconds = 31_536_000

/** On every answer. What an answer says of being kept stays; nothing of the API is, unless it says so. */
export function secured(response: Response, secure: boolean): Response {
  const headers = writable(response.headers)
  for (const [name, value] of Object.entries(always)) headers.set(name, value)
  if (secure) headers.set('strict-transport-security', `max-age=${yearSeconds}`)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  if (headers === response.headers) return response
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

/** Those of a redirect cannot be changed; all others can, which is much quicker than to make an answer anew. */
function writable(headers: Headers): Headers {
  try {
    headers.set('x-content-type-options', 'nosniff')
    return headers
  } catch {
    return new Headers(headers)
  }
}
