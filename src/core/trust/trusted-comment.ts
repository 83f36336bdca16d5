import { type Problem, problem } from '../model/problem.ts'
import type { Release } from '../model/release.ts'

/** What a release is, for comparing with what was signed about it. */
export interface Expected {
  readonly release: Pick<Release, 'version' | 'tag'>
  /** The name of the signed file. */
  readonly file: string
  /** Names that the product may be signed under. */
  readonly products: readonly string[]
}

const keys = ['product', 'version', 'seq', 'file'] as const
type Key = (typeof keys)[number]

/**
 * The right key may have signed another thing: an older version shown again as a newer one, another product's file, or
 * the same product for elsewhere. E_SIGNATURE_OTHER with what it was signed as; null where nothing contradicts.
 * A comment that says nothing of a key leaves it open.
 */
export function contradiction(comment: string, { release, file, products }: Expected, name: string): Problem | null {
  const pairs = pairsOf(comment)
  for (const key of keys) {
    const values = new Set(pairs.filter((pair) => pair.key === key).map(({ value }) => value))
    if (values.size > 1) return refused(name, `its trusted comment states two values of ${key}`, key)
    const [value] = values
    if (value === undefined) continue
    const wrong = wrongValue(key, value, { release, file, products })
    if (wrong !== null) return wrong(name, value)
  }
  return null
}

type Refusal = (name: string, value: string) => Problem

function wrongValue(key: Key, value: string, { release, file, products }: Expected): Refusal | null {
  switch (key) {
    case 'file':
      return value === file ? null : (name) => refused(name, `it was signed for the file ${value}, not ${file}`, key)
    case 'version':
      return [release.version, release.tag].some((one) => bare(one) === bare(value))
        ? null
        : (name) => refused(name, `it was signed for version ${value}, and this release is ${release.version}`, key)
    case 'product':
      return products.some((one) => one.toLowerCase() === value.toLowerCase())
        ? null
        : (name) => otherProduct(name, value, products)
    case 'seq':
      return /^[1-9]\d{0,14}$/.test(value)
        ? null
        : (name) => refused(name, `it was signed with the release number ${value}, which is none`, key)
  }
}

/** Tabs part the pairs; where there are none, a space before the next `key:`. */
function pairsOf(comment: string): readonly { readonly key: string; readonly value: string }[] {
  return comment.split(/\t| +(?=[a-z]+:)/).flatMap((part) => {
    const colon = part.indexOf(':')
    return colon < 1 ? [] : [{ key: part.slice(0, colon).trim(), value: part.slice(colon + 1).trim() }]
  })
}

const bare = (version: string): string => version.replace(/^v(?=\d)/i, '')

function otherProduct(name: string, value: string, products: readonly string[]): Problem {
  return problem('E_SIGNATURE_OTHER', `${name} is not for this release: it was signed for the product ${value}`, {
    hint: `Known here as ${products.join(', ')}. Where that is its right name, say so: trust: { product: ${value} }.`,
    facts: { signature: name, signed: value, products: [...products] },
  })
}

function refused(name: string, why: string, key: Key): Problem {
  return problem('E_SIGNATURE_OTHER', `${name} is not for this release: ${why}`, {
    hint: 'Nothing was installed. An older or another file may have been put in its place: ask the publisher.',
    facts: { signature: name, about: key },
  })
}
