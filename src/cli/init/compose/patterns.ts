/**
 * What a regular expression over tags comes to among our settings. `same`: what happens by itself. `hold`: versions that are
 * held, so that the rest is what the expression lets through. null: it cannot be said.
 */
export type Understood = { readonly kind: 'same' } | { readonly kind: 'hold'; readonly hold: readonly string[] }

interface Shape {
  /** Numbers that are written out at the beginning: `1\.25\.\d+` → [1, 25]. */
  readonly fixed: readonly number[]
  /** Numbers that may be any. */
  readonly free: number
}

const charsMax = 200
const number = String.raw`(?:\d+|\\d[+*]?|\[0-9\][+*]?)`
const shape = new RegExp(String.raw`^v?\??(${number}(?:(?:\\\.|\[\.\])${number})*)((?:\.[*+])|[A-Za-z0-9-]*)$`)

/** `^1\.25\.\d+-alpine$`: which tags are followed. A suffix is followed by itself: only tags of one family are. */
export function understandInclude(pattern: string): Understood | null {
  const found = shapeOf(pattern)
  if (found === null) return null
  if (found.fixed.length === 0) return { kind: 'same' }
  return { kind: 'hold', hold: [`>=${next(found.fixed)}`] }
}

/** `^2\.` or `^(1\.2\.3|1\.2\.4)$`: which tags are not followed. */
export function understandExclude(pattern: string): Understood | null {
  const bare = inner(pattern)
  if (bare === null) return null
  if (
    /^(?:\.\*)?[-.]?\(?(?:\?:)?(?:(?:alpha|beta|rc|dev|pre|preview|nightly|snapshot|test)\|?)+\)?(?:\.\*|\\d\+)?$/i.test(
      bare,
    )
  )
    return { kind: 'same' }
  const alternatives = bare.replace(/^\((?:\?:)?(.*)\)$/, '$1').split('|')
  const hold = alternatives.map((each) => {
    const found = shapeOf(each)
    return found === null || found.fixed.length === 0 ? null : `${found.fixed.join('.')}${found.free > 0 ? '.*' : ''}`
  })
  return hold.every((each) => each !== null) ? { kind: 'hold', hold } : null
}

function inner(pattern: string): string | null {
  return pattern.length > charsMax ? null : pattern.replace(/^\^/, '').replace(/\$$/, '')
}

function shapeOf(pattern: string): Shape | null {
  const bare = inner(pattern)
  // `1\.` and `1\..*` are `1.` and anything.
  const found = bare === null ? null : shape.exec(bare.replace(/(?:\\\.|\[\.\])(?:\.[*+])?$/, String.raw`\.\d+`))
  const numbers = found?.[1]?.replaceAll(/\\\.|\[\.\]/g, ' ').split(' ')
  if (numbers === undefined) return null
  const firstFree = numbers.findIndex((each) => !/^\d+$/.test(each))
  const fixed = firstFree === -1 ? numbers : numbers.slice(0, firstFree)
  // A number behind a free one narrows what no range can say.
  if (numbers.slice(fixed.length).some((each) => /^\d+$/.test(each))) return null
  const open = found?.[2]?.startsWith('.') === true ? 1 : 0
  return { fixed: fixed.map(Number), free: numbers.length - fixed.length + open }
}

/** The first version above all that begin so: [1, 25] → 1.26. */
function next(fixed: readonly number[]): string {
  return fixed.map((each, at) => (at === fixed.length - 1 ? each + 1 : each)).join('.')
}
