/**
 * Images that are kept to go back to carry a local name of their own, so that neither a moved tag nor a prune of
 * dangling images takes the way back: `belay.local/<component>:<version>-<run>`.
 */
const registry = 'belay.local'
const tagCharsMax = 128
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/

export function keptRepository(component: string): string {
  // A component's name may be more than an image's name can.
  const name = repositoryPattern.test(component) ? component : `c${bytesOf(component).map(hex).join('')}`
  return `${registry}/${name}`
}

export function keptName(component: string, version: string | null, run: string): string {
  const room = tagCharsMax - run.length - 1
  return `${keptRepository(component)}:${encode(version ?? 'unknown').slice(0, room)}-${run}`
}

/** null: a name that is not one of these. */
export function versionOfKept(name: string): string | null {
  const tag = name.slice(name.lastIndexOf(':') + 1)
  const version = /^(.+)-r-[0-9a-f]{8,32}$/.exec(tag)?.[1]
  return version === undefined ? null : decode(version)
}

/** A tag holds letters, digits, `.`, `-` and `_`, and begins with neither of the middle two: the rest becomes `_` and two hex digits. */
function encode(text: string): string {
  const encoded = bytesOf(text).map((byte, i) => {
    const char = String.fromCharCode(byte)
    return (i === 0 ? /[A-Za-z0-9]/ : /[A-Za-z0-9.-]/).test(char) ? char : `_${hex(byte)}`
  })
  return encoded.join('')
}

function decode(text: string): string {
  const bytes = text.replaceAll(/_([0-9a-f]{2})|[^]/g, (char, code: string | undefined) =>
    code === undefined ? `${hex(char.charCodeAt(0))} ` : `${code} `,
  )
  return new TextDecoder().decode(Uint8Array.from(bytes.trim().split(' '), (code) => Number.parseInt(code, 16)))
}

function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)]
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
