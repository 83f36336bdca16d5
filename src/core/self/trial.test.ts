import fc from 'fast-check'
import { expect, test } from 'vitest'
import { runIdSchema } from '../model/names.ts'
import { choose, formatTrial, judge, parseTrial, type Trial, trialTries } from './trial.ts'

const run = runIdSchema.parse('r-00000001')
const trial: Trial = {
  run,
  previous: { node: '/usr/bin/node', file: '/opt/belay/releases/1.0.0/dist/belay.js' },
  candidate: { node: '/usr/bin/node', file: '/opt/belay/releases/1.1.0/dist/belay.js' },
  tries: trialTries,
  confirmed: false,
}
const path = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((name) => `/${name}`)
const trials: fc.Arbitrary<Trial> = fc.record({
  run: fc.constant(run),
  previous: fc.record({ node: path, file: path }),
  candidate: fc.record({ node: path, file: path }),
  tries: fc.nat(5),
  confirmed: fc.boolean(),
})

test('when a trial is written and read, then it is the same, or it could not be written', () => {
  fc.assert(
    fc.property(trials, (one) => {
      const text = formatTrial(one)
      if (text === null) expect(JSON.stringify(one)).toMatch(/\\[rn]/)
      else expect(parseTrial(text)).toEqual(one)
    }),
  )
})

test('when a text was cut off anywhere, then it is no trial, and never another one', () => {
  const text = formatTrial({ ...trial, tries: 12 }) ?? ''
  for (let length = 0; length < text.length; length++) expect(parseTrial(text.slice(0, length))).toBeNull()
})

test('when a version never confirms, then it is started as often as it has tries, and then never again', () => {
  fc.assert(
    fc.property(fc.nat(5), fc.array(fc.constantFrom('agent', 'resume'), { maxLength: 20 }), (tries, roles) => {
      let now: Trial = { ...trial, tries }
      let starts = 0
      for (const role of roles) {
        const choice = choose(now, role)
        if (role === 'resume') expect(choice.start).toBe('previous')
        else if (choice.start === 'candidate') starts++
        now = choice.trial
      }
      expect(starts).toBe(Math.min(tries, roles.filter((role) => role === 'agent').length))
    }),
  )
})

test('when a version has confirmed, then its starts are not counted, and the old one still finishes the run', () => {
  const confirmed = { ...trial, tries: 0, confirmed: true }
  expect(choose(confirmed, 'agent')).toEqual({ start: 'candidate', trial: confirmed })
  expect(choose(confirmed, 'resume').start).toBe('previous')
})

test.each([
  ['nobody has answered', null, 3, 'waiting'],
  ['nobody has, and it has no tries left', null, 0, 'waiting'],
  ['the new one has', { run, identity: 'new' }, 2, 'confirmed'],
  ['the one before has', { run, identity: 'old' }, 2, 'waiting'],
  ['the one before has, since the tries are used up', { run, identity: 'old' }, 0, 'used-up'],
  ['one of another run has', { run: 'r-00000002', identity: 'new' }, 2, 'waiting'],
] as const)('when %s, then the verdict is that', (_what, answer, tries, verdict) => {
  const said = answer === null ? null : { ...answer, version: '1', pid: 1 }
  expect(judge({ ...trial, tries }, said, 'old')).toBe(verdict)
})
