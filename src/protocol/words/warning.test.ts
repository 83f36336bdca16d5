import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { literals, sources, tooEnglish } from '../../../test/fakes/source-text.ts'
import { warningIn } from './warning.ts'
import { warningsDe } from './warnings-de.ts'

const folders = ['strategies', 'engine', 'main', 'host/file-set', 'host/slots', 'steps', 'backups'].map((name) =>
  join('src', name),
)

/** Functions that make notes, and calls that add one: from there to the end of the function or the statement. */
const makers: readonly (readonly [start: RegExp, end: string])[] = [
  [/^(?:export )?function (?:\w*[wW]arnings\w*|unproven|lockedNote)\(/gm, '\n}\n'],
  [/^(?:export )?async function (?:copyAll|tidied)\(/gm, '\n}\n'],
  [/\bwarnings\.push\(/g, '\n'],
  [/\bwarnings\.push\(\n/g, '\n    )'],
  [/^ {4}note: `/gm, '\n'],
]

/** Words that a template of the source may have in its holes, and a text with all of them filled in. */
function filled(template: string): string {
  return template.replaceAll(/\$\{(?:[^{}`]|`[^`]*`)*\}/g, 'X')
}

function written(): readonly string[] {
  const notes = sources(folders).flatMap((file) => {
    const text = readFileSync(file, 'utf8')
    return makers.flatMap(([start, end]) =>
      [...text.matchAll(start)].flatMap(({ 0: match, index }) =>
        literals(text.slice(index, text.indexOf(end, index + match.length) + 1)),
      ),
    )
  })
  return [...new Set(notes)].filter((text) => text.includes(' ') && tooEnglish(text) && !text.startsWith('or '))
}

/** Parts of sentences: what comes before or after them is not in the same literal. */
function sentences(text: string): readonly string[] {
  const one = filled(text)
  return [one, `${one}: X.`, `X: ${one}`]
}

test('when the source makes a note then it has words in German', () => {
  const notes = written()
  expect(notes.length).toBeGreaterThan(20)
  const german = (text: string) => warningIn(text, 'de') !== text
  expect(notes.filter((text) => !sentences(text).some(german))).toEqual([])
})

test('when a note is told then names stand in it as they are, and English is what it was', () => {
  const note = 'Local changes go to git stash: a.txt, $1 {1}.txt and 3 more.'
  expect(warningIn(note, 'de')).toBe('Örtliche Änderungen kommen in git stash: a.txt, $1 {1}.txt und 3 weitere.')
  expect(warningIn(note, 'en')).toBe(note)
  expect(warningIn('Whatever a program said.', 'de')).toBe('Whatever a program said.')
})

test('when a note has several names then each has its place', () => {
  expect(
    warningIn(
      'It is not known what was installed here: 2 files differ from the release and are replaced (the old ones are kept in .update_backups), nothing is deleted.',
      'de',
    ),
  ).toBe(
    'Es ist nicht bekannt, was hier installiert wurde. Dateien, die von der Version abweichen und ersetzt werden: 2 (die alten bleiben in .update_backups); gelöscht wird nichts.',
  )
  expect(warningIn('web ignores SIGTERM: stopping it takes 10 s, and then it is killed. Let it …', 'de')).toContain(
    'web beachtet SIGTERM nicht: das Anhalten dauert 10 s',
  )
  expect(warningIn('a/b is left as it is: nothing may write it, and it is optional', 'de')).toMatch(/^a\/b: bleibt/)
  expect(warningIn('a, b: left as it is: nothing may write it, and it is optional', 'de')).toMatch(/^a, b: bleibt/)
})

test('when the patterns are read then none hides behind another, and all of what they find is said', () => {
  for (const [pattern, words] of warningsDe) {
    const groups = new RegExp(`${pattern.source}|`).exec('')?.length ?? 0
    const said = [...words.matchAll(/\{(\d)\}/g)].map(([, index]) => Number(index))
    expect(new Set(said).size, words).toBe(groups - 1)
  }
})
