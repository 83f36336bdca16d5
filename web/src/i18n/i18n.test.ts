import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pickLanguage } from './language.ts'

const features = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.en.ts'))
  .map((file) => file.slice(0, -'.en.ts'.length))

/** The texts of a tree by where they stand; functions by how much they take. */
function flat(value: unknown, at = ''): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[at, value]]
  if (typeof value === 'function') return [[at, `takes ${value.length}`]]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => flat(inner, `${at}.${key}`))
}

async function texts(feature: string) {
  const [english, german]: readonly { readonly en?: unknown; readonly de?: unknown }[] = await Promise.all([
    import(`./${feature}.en.ts`),
    import(`./${feature}.de.ts`),
  ])
  return { en: flat(english?.en), de: new Map(flat(german?.de)) }
}

test('when texts are looked for then there are some', () => {
  expect(features.length).toBeGreaterThan(5)
})

test.each(features)(
  'when %s is shown in German then each text is there, and none is the English one',
  async (feature) => {
    const { en, de } = await texts(feature)
    expect(en.length).toBeGreaterThan(0)
    expect(en.filter(([at]) => !de.has(at))).toStrictEqual([])
    // One word may be the same in both: a name, or a word that was borrowed. A sentence is not.
    const untranslated = en.filter(
      ([at, text]) => de.get(at) === text && /\p{L}{2,} \p{L}{2,} \p{L}/u.test(text) && !/^(?:takes|belay) /.test(text),
    )
    expect(untranslated).toStrictEqual([])
  },
)

test('when a language is picked then what a person chose, what the browser prefers, or English', () => {
  expect(pickLanguage('de', ['en-GB'])).toBe('de')
  expect(pickLanguage(null, ['fr', 'de-AT', 'en'])).toBe('de')
  expect(pickLanguage('xx', ['fr'])).toBe('en')
})
