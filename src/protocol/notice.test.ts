import { describe, expect, test } from 'vitest'
import type { Message, NotifyEvent, SingleEvent } from '../core/notify/event.ts'
import { languages } from './messages/render.ts'
import { cut, lineCharsMax, noticeOf, plainText, titleCharsMax } from './notice.ts'

const offer = { component: 'core', from: '1.0.4', to: '1.1.0', notes: null, url: null }
const run = { component: 'core', run: 'r-7f3c12ab', action: 'update', from: '1.0.4', to: '1.1.0' } as const
const ended = '2026-06-01T12:00:00.000Z'
const problem = { code: 'E_CHECK_FAILED', message: 'it answered 500', hint: 'Look at its log.' }

const singles: readonly SingleEvent[] = [
  { kind: 'update_available', ...offer },
  { kind: 'held', by: { kind: 'hold', pattern: '1.1.*' }, ...offer },
  { kind: 'updated', ...run, ended, problem: null },
  { kind: 'failed', ...run, ended, problem },
  { kind: 'rolled_back', ...run, ended, problem },
  { kind: 'stuck', ...run, ended, problem },
  { kind: 'check_failing', component: 'core', since: ended, days: 3, problem },
]
const events: readonly NotifyEvent[] = [...singles, { kind: 'digest', events: singles, more: 2 }, { kind: 'test' }]

function told(event: NotifyEvent, language: (typeof languages)[number] = 'en', change: Partial<Message> = {}) {
  return noticeOf({ id: 'msg_1', at: ended, host: 'pi4', page: null, event, ...change }, language)
}

describe.each(languages)('in %s', (language) => {
  test.each(events.map((event) => [event.kind, event] as const))(
    'when %s is told then its title names the host, and each line is a whole sentence or a command',
    (_, event) => {
      const { title, lines } = told(event, language)
      expect(title).toMatch(/^\S.* \(pi4\)$/)
      expect(lines.length).toBeGreaterThan(0)
      for (const line of lines) {
        expect(line).not.toMatch(/!|undefined|null|\[object/)
        if (event.kind !== 'digest') expect(line).toMatch(/(?:[.)]|belay [\w -]+)$/)
      }
    },
  )
})

test('when two languages are compared then no sentence was left untranslated', () => {
  for (const event of events) {
    const [en, de] = [told(event, 'en'), told(event, 'de')]
    expect(en.title).not.toBe(de.title)
    expect(de.lines.filter((line) => en.lines.includes(line))).toEqual([])
  }
})

test('when a problem is of another version of belay then its own words are all there is', () => {
  const event = { kind: 'stuck', ...run, ended, problem: { ...problem, code: 'E_OF_TOMORROW' } } as const
  expect(told(event, 'de').lines).toContain('E_OF_TOMORROW: it answered 500')
})

test('when a first installation was undone then no version is said to run', () => {
  const { title, lines } = told({ kind: 'rolled_back', ...run, from: null, ended, problem })
  expect(title).toBe('core: the update failed, all of it was undone (pi4)')
  expect(lines[0]).toBe('Nothing is installed, as before.')
})

test('when texts come from outside then lines stay lines, within their limits, without what a terminal obeys', () => {
  const long = `a\r\nBcc: b\u0000\u001b[2J\u202e ${'x'.repeat(5000)}`
  const notice = told({ kind: 'held', by: { kind: 'hold', pattern: long }, ...offer, to: long, notes: long }, 'en', {
    host: long,
  })
  expect(notice.title.length).toBeLessThanOrEqual(titleCharsMax)
  for (const line of notice.lines) expect(line.length).toBeLessThanOrEqual(lineCharsMax)
  expect(notice.notes?.length).toBe(1500)
  expect([notice.title, ...notice.lines].join('')).not.toMatch(/\p{Cc}|\u202e/u)
})

test.each([
  ['https://example.com/r/1?a=b', ['https://example.com/r/1?a=b']],
  ['javascript:alert(1)', []],
  ['data:text/html,x', []],
  ['not an address', []],
  [`https://example.com/${'x'.repeat(2000)}`, []],
])('when a release names %s as its page then there is a link only where it is a web address', (url, links) => {
  expect(told({ kind: 'update_available', ...offer, url }).links.map((link) => link.url)).toEqual(links)
})

test('when the page of the agent is known then it is linked, and the text has all of it', () => {
  const notice = told({ kind: 'update_available', ...offer, notes: ' Faster.\n' }, 'en', { page: 'https://pi4.lan/' })
  expect(plainText(notice)).toBe(
    'Installed is 1.0.4.\nInstall it: belay update core\n\nFaster.\n\nOpen the page of this agent: https://pi4.lan/',
  )
})

test('when a text is cut then no character is cut in half', () => {
  expect(cut('abc', 3)).toBe('abc')
  expect(cut('ab🎉🎉', 4)).toBe('ab…')
  expect(cut('ab🎉🎉', 5)).toBe('ab🎉…')
})
