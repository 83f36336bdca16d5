import type { Attributes } from './attributes.ts'

/** How the files of a tree end their lines where its attributes say nothing: as git has them, or with CR LF. */
export type Eol = 'as-is' | 'crlf'

const cr = 13
const lf = 10

interface Ends {
  readonly crlf: number
  readonly loneLf: number
  readonly loneCr: number
  readonly binary: boolean
}

/** Counted as git does: a NUL, a lone CR, or more than one odd character in 128 make a file binary (convert.c). */
function endsOf(content: Uint8Array): Ends {
  let [crlf, loneLf, loneCr, odd, printable, nul] = [0, 0, 0, 0, 0, 0]
  for (let at = 0; at < content.length; at += 1) {
    const byte = content[at] ?? 0
    if (byte === lf) loneLf += 1
    else if (byte === cr) {
      if (content[at + 1] === lf) {
        crlf += 1
        at += 1
      } else loneCr += 1
    } else if (byte >= 32) {
      if (byte === 127) odd += 1
      else printable += 1
    } else if (byte === 8 || byte === 9 || byte === 12 || byte === 27) printable += 1
    else {
      if (byte === 0) nul += 1
      odd += 1
    }
  }
  // A ^Z at the very end is how DOS ended texts.
  if (content.at(-1) === 26) odd -= 1
  return { crlf, loneLf, loneCr, binary: nul > 0 || loneCr > 0 || Math.floor(printable / 128) < odd }
}

/**
 * What a checkout would write for the content that git has. `otherwise` is the tree's own way, where no attribute says.
 * Content that a conversion could damage is left as it is: binary, or with mixed ends, unless an attribute calls it text.
 */
export function checkedOut(content: Uint8Array, { text, eol }: Attributes, otherwise: Eol): Uint8Array {
  if (text === false || eol === 'lf') return content
  if (eol === null && otherwise === 'as-is') return content
  const ends = endsOf(content)
  if (ends.loneLf === 0) return content
  const isText = text === true || (text === null && eol !== null)
  if (!isText && (ends.binary || ends.crlf > 0)) return content
  return withCrlf(content, ends.loneLf)
}

function withCrlf(content: Uint8Array, loneLf: number): Uint8Array {
  const converted = new Uint8Array(content.length + loneLf)
  let to = 0
  for (let at = 0; at < content.length; at += 1) {
    const byte = content[at] ?? 0
    if (byte === lf && content[at - 1] !== cr) converted[to++] = cr
    converted[to++] = byte
  }
  return converted
}
