import { expect, test } from 'vitest'
import { problemCodes } from '../../core/model/codes.ts'
import { problem } from '../../core/model/problem.ts'
import { briefIn, languages, messagesIn, problemIn, render, told } from './render.ts'

test.each(languages)('when a code exists then %s has its text, and no other', (language) => {
  const texts = messagesIn(language)
  const known: readonly string[] = problemCodes
  expect({
    missing: problemCodes.filter((code) => !(code in texts)),
    extra: Object.keys(texts).filter((code) => !known.includes(code)),
  }).toEqual({ missing: [], extra: [] })
})

test.each(languages)(
  'when a text is read in %s then title and hint are whole sentences without exclamation',
  (language) => {
    const odd = Object.entries(messagesIn(language)).filter(([, { title, hint }]) =>
      [title, hint].some((text) => !/^.{8,140}$/.test(text) || text.includes('!') || !/[.0-9]$/.test(text)),
    )
    expect(odd).toEqual([])
  },
)

test('when two languages are compared then no text was left untranslated', () => {
  const [en, de] = [messagesIn('en'), messagesIn('de')]
  expect(problemCodes.filter((code) => en[code]?.title === de[code]?.title)).toEqual([])
})

test('when a problem is told in English then its own words are used, and the general hint only where it has none', () => {
  const facts = { pid: 12 }
  expect(told(problem('E_LOCKED', 'core is held by 12', { facts }), 'en')).toEqual({
    title: 'core is held by 12',
    hint: 'Wait until it has ended, then run the command again.',
    facts: [],
  })
  expect(told(problem('E_LOCKED', 'core is held by 12', { hint: 'Ask pi.' }), 'en').hint).toBe('Ask pi.')
})

test('when a problem is told in German then the general words come with the facts that fit a line', () => {
  const facts = { pid: 12, user: 'pi', log: ['a', 'b'], note: null }
  expect(told(problem('E_LOCKED', 'core is held by 12', { facts }), 'de')).toEqual({
    title: 'Ein anderer Lauf hält diese Komponente.',
    hint: 'Warten, bis er fertig ist, dann den Befehl noch einmal ausführen.',
    facts: ['pid: 12', 'user: pi'],
  })
})

test('when a code is rendered then its text and facts are given', () => {
  expect(render('E_HELD', { until: 'tomorrow' }, 'en')).toEqual({
    title: 'The policy holds this version back. Nothing was changed.',
    hint: 'Wait, or install it all the same with --now.',
    facts: ['until: tomorrow'],
  })
})

test('when a problem is told within an answer then English is what it was, and German has the facts that can be read', () => {
  const facts = { pid: 12, since: '2026-11-20', log: 'one\ntwo', long: 'x'.repeat(200) }
  const locked = problem('E_LOCKED', 'core is held by 12', { facts })
  expect(problemIn(locked, 'en')).toBe(locked)
  expect(problemIn(locked, 'de')).toEqual({
    ...locked,
    message: 'Ein anderer Lauf hält diese Komponente. (pid: 12, since: 2026-11-20)',
    hint: 'Warten, bis er fertig ist, dann den Befehl noch einmal ausführen.',
  })
  expect(problemIn(problem('E_LOCKED', 'held'), 'de').message).toBe('Ein anderer Lauf hält diese Komponente.')
})

test('when only the code of a problem is known then German has its words, and a code that nobody knows keeps its own', () => {
  const brief = { code: 'E_LOCKED', message: 'held', hint: null }
  expect(briefIn(brief, 'en')).toBe(brief)
  expect(briefIn(brief, 'de')).toEqual({
    code: 'E_LOCKED',
    message: messagesIn('de').E_LOCKED.title,
    hint: messagesIn('de').E_LOCKED.hint,
  })
  expect(briefIn({ ...brief, code: 'E_OF_TOMORROW' }, 'de').message).toBe('held')
})
