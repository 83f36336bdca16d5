import type { NotifyEvent, RunEnd, SingleEvent, Trouble } from '../../core/notify/event.ts'
import { change, generalWords, type NoticeWords } from './notice-words.ts'
import { en } from './en.ts'
import { en as words } from '../words/en.ts'
import { momentUtc } from '../words/units.ts'

export const noticeWordsEn: NoticeWords = {
  releaseLink: 'Release notes',
  pageLink: 'Open the page of this agent',
  title: (event, host) => `${titleOf(event)} (${host})`,
  lines: linesOf,
}

function titleOf(event: NotifyEvent): string {
  switch (event.kind) {
    case 'update_available':
      return `${event.component} ${event.to} is available`
    case 'held':
      return `${event.component} ${event.to} is waiting`
    case 'updated':
      return event.action === 'update'
        ? `${event.component} was updated to ${event.to ?? 'a new version'}`
        : `${event.component} was put back${event.to === null ? '' : ` to ${event.to}`}`
    case 'failed':
      return `${event.component}: the ${event.action} failed, nothing was changed`
    case 'rolled_back':
      return `${event.component}: the ${event.action} failed, ${event.from === null ? 'all of it was undone' : `${event.from} is back`}`
    case 'stuck':
      return `${event.component} is stuck and needs a person`
    case 'check_failing':
      return `${event.component}: no answer from its source for ${days(event.days)}`
    case 'digest':
      return `${event.events.length + event.more} messages`
    case 'test':
      return 'A test message'
  }
}

function linesOf(event: NotifyEvent, host: string, now: number): readonly string[] {
  switch (event.kind) {
    case 'update_available':
      return [`Installed is ${event.from ?? 'no version yet'}.`, `Install it: belay update ${event.component}`]
    case 'held':
      return [`Installed is ${event.from ?? 'no version yet'}. It waits: ${words.hold(event.by, now)}.`, next(event)]
    case 'updated':
      return [`${sentenceOf(event)}healthy since ${momentUtc(event.ended)}.`, seeRun(event)]
    case 'failed':
      return [...trouble(event.problem), seeRun(event)]
    case 'rolled_back':
      return [
        event.from === null
          ? 'Nothing is installed, as before.'
          : `${event.from} runs again and was verified; nothing of yours was lost.`,
        ...trouble(event.problem),
        seeRun(event),
      ]
    case 'stuck':
      return [
        `${sentenceOf(event)}neither version could be made to run.`,
        ...trouble(event.problem),
        `${seeRun(event)}, then: belay resume`,
      ]
    case 'check_failing':
      return [
        `There is no answer since ${momentUtc(event.since)}. Until there is one, updates go unnoticed.`,
        ...trouble(event.problem),
        `Try it: belay check ${event.component} --force`,
      ]
    case 'digest':
      return [
        ...event.events.map((each) => `• ${titleOf(each)}`),
        ...(event.more === 0 ? [] : [`and ${event.more} before these`]),
      ]
    case 'test':
      return [`Belay on ${host} can reach you here. Nothing happened and nothing needs to be done.`]
  }
}

/** `1.0.4 → 1.1.0: `, or nothing where no version is known. */
function sentenceOf({ from, to }: RunEnd): string {
  const versions = change(from, to)
  return versions === '' ? '' : `${versions}: `
}

function next({ component }: SingleEvent): string {
  return `See what it would do: belay plan ${component}`
}

function seeRun({ run }: RunEnd): string {
  return `See every step: belay show ${run}`
}

function trouble(problem: Trouble | null): readonly string[] {
  if (problem === null) return []
  return [`${problem.message} (${problem.code})`, problem.hint ?? generalWords(en, problem.code)?.hint ?? '']
}

function days(count: number): string {
  return count === 1 ? 'a day' : `${count} days`
}
