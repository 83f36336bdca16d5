import { expect, test } from 'vitest'
import { languageOf } from './language.ts'

test.each([
  ['de', 'de'],
  ['de-AT,de;q=0.9,en;q=0.8', 'de'],
  ['en-GB,en;q=0.9,de;q=0.8', 'en'],
  ['fr, de;q=0.5, en;q=0.4', 'de'],
  ['fr', 'en'],
  ['*', 'en'],
  ['', 'en'],
  [';;;q=x,,', 'en'],
])('when a reader asks for "%s" then texts are in %s', (header, language) => {
  expect(languageOf(new Headers({ 'accept-language': header }))).toBe(language)
})
