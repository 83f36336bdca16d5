import { cleanText } from '../core/release/text.ts'
import type { Message, NotifyEvent, SingleEvent } from '../core/notify/event.ts'
import type { Language } from './messages/render.ts'
import { noticeWordsDe } from './messages/notice-de.ts'
import { noticeWordsEn } from './messages/notice-en.ts'
import type { NoticeWords } from './messages/notice-words.ts'

export type Tone = 'info' | 'good' | 'warn' | 'bad'

/**
 * A message as people read it: plain text without control characters. How it is escaped is the channel's business: all of
 * it may hold text from outside.
 */
export interface Notice {
  readonly tone: Tone
  /** One line, at most `titleCharsMax`. */
  readonly title: string
  /** What happened, how things are now, what to do next: one line each, at most `lineCharsMax`. */
  readonly lines: readonly string[]
  /** Of the release, cut; null: there are none. */
  readonly notes: string | null
  /** https or http addresses alone. */
  readonly links: readonly { readonly label: string; readonly url: string }[]
}

export const titleCharsMax = 150
export const lineCharsMax = 600
const notesCharsMax = 1500
const urlCharsMax = 1000

export function noticeOf(message: Message, language: Language): Notice {
  const words = wordsIn(language)
  const { event, page, host } = message
  const url = 'url' in event ? event.url : null
  const links = [
    { label: words.releaseLink, url: webAddress(url) },
    { label: words.pageLink, url: webAddress(page) },
  ].flatMap(({ label, url: to }) => (to === null ? [] : [{ label, url: to }]))
  const notes = 'notes' in event && event.notes !== null ? cleanText(event.notes, notesCharsMax).trim() : ''
  return {
    tone: toneOf(event),
    title: oneLine(words.title(event, host), titleCharsMax),
    lines: words
      .lines(event, host, Date.parse(message.at))
      .map((line) => oneLine(line, lineCharsMax))
      .filter((line) => line !== ''),
    notes: notes === '' ? null : notes,
    links,
  }
}

/** The whole notice as plain text, without its title. */
export function plainText({ lines, notes, links }: Notice): string {
  const addresses = links.map(({ label, url }) => `${label}: ${url}`)
  return [
    lines.join('\n'),
    ...(notes === null ? [] : [notes]),
    ...(links.length === 0 ? [] : [addresses.join('\n')]),
  ].join('\n\n')
}

/** A text that fits; what is left out is marked. Never ends in half a character. */
export function cut(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  return `${text.slice(0, charsMax - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

function oneLine(text: string, charsMax: number): string {
  return cut(
    cleanText(text, charsMax * 2)
      .replaceAll(/\s+/g, ' ')
      .trim(),
    charsMax,
  )
}

/** What a release calls its page may be anything, also a script: null then. */
export function webAddress(text: string | null): string | null {
  const url = text === null || text.length > urlCharsMax ? null : URL.parse(text)
  return url !== null && (url.protocol === 'https:' || url.protocol === 'http:') ? url.href : null
}

function wordsIn(language: Language): NoticeWords {
  switch (language) {
    case 'en':
      return noticeWordsEn
    case 'de':
      return noticeWordsDe
  }
}

const tones: Readonly<Record<SingleEvent['kind'] | 'test', Tone>> = {
  update_available: 'info',
  held: 'info',
  updated: 'good',
  failed: 'bad',
  rolled_back: 'warn',
  stuck: 'bad',
  check_failing: 'warn',
  test: 'info',
}

const rank: Readonly<Record<Tone, number>> = { info: 0, good: 0, warn: 1, bad: 2 }

/** A digest has the tone of the worst in it. */
function toneOf(event: NotifyEvent): Tone {
  if (event.kind !== 'digest') return tones[event.kind]
  const worst = event.events.map(({ kind }) => tones[kind]).toSorted((a, b) => rank[b] - rank[a])[0]
  return worst ?? 'info'
}
