import { describe, expect, test } from 'vitest'
import { check, command, link, remove } from '../../../test/fakes/plan.ts'
import { slotParts } from '../../../test/fakes/slots.ts'
import { compose, type BackupPart, type Parts } from './compose.ts'
import { composeSlots, type SlotParts } from './compose-slots.ts'
import type { CommandStep, Step } from './step.ts'

const data = { type: 'path', path: '/var/lib/crm' }
const backup: BackupPart = {
  detail: 'path /var/lib/crm',
  version: '1.0.4',
  online: { component: 'crm', data, dir: '/b/r-0' },
  kept: null,
  final: { component: 'crm', data, dir: '/b/r-0-final' },
  aside: '/b/r-0.aside',
  copies: ['/usb'],
}
const step = (kind: Step['kind'], detail: string): Step => ({ kind, phase: 'before', detail }) as unknown as Step
const parts: Parts = {
  run: 'r-00000001',
  runDir: '/state/runs/r-00000001',
  room: [],
  checksBefore: [check('before', 'disk')],
  checksAfter: [check('after', 'healthy')],
  checksBack: [],
  download: { source: { type: 'github' }, artifact: {} as never, step: step('download', 'artifact') },
  before: [step('unpack', 'tree')],
  settle: [step('sync', 'tree')],
  stopped: [],
  cleanup: [remove()],
  prepare: [command('prepare', 'npm ci') as CommandStep],
  migrate: [command('migrate', 'one') as CommandStep],
  backups: [backup],
  restore: [],
  stop: 'always',
  service: { ref: {} as never, after: {} as never, wasRunning: true, detail: 'systemd crm@blue', guards: true },
  soakMs: 60_000,
  self: null,
}
const ready = [check('after', 'ready')]

function composed(more: Partial<SlotParts> = {}, settings: Partial<SlotParts['settings']> = {}) {
  const base = slotParts({ fill: [link()], settled: [{ ...link(), phase: 'after' }], ...more })
  return composeSlots(parts, { ...base, settings: { ...base.settings, ...settings } }, ready)
}
const words = (steps: readonly Step[]) => steps.map(({ kind }) => kind).join(' ')

test('when both may run at once, then data is migrated where it stands, and the old one is let go behind the commit and everything else goes before', () => {
  const { steps, commitAfter } = composed({}, { warmUp: ['/'] })
  expect(words(steps.slice(0, commitAfter + 1))).toBe(
    'check download unpack prepare sync backup guard link migrate slot-start check warm-up switch verify link check soak check',
  )
  expect(words(steps.slice(commitAfter + 1))).toBe('retire remove remove')
})

test('when both work with one set of data, then an undone migration restores nothing', () => {
  const migrate = composed().steps.find(({ kind }) => kind === 'migrate')
  expect(migrate).toMatchObject({ restore: [], expands: true })
})

test('when two may not run at once, then requests wait from before the stop until the new one is ready', () => {
  const { steps, commitAfter } = composed({ holds: true }, { twice: false })
  expect(words(steps.slice(0, commitAfter + 1))).toBe(
    'check download unpack prepare sync backup guard ' +
      'link hold stop backup migrate slot-start check switch release verify link check soak check',
  )
  expect(steps.find(({ kind }) => kind === 'migrate')).toMatchObject({ restore: [{ backup: backup.final }] })
  expect(words(composed({ holds: false }, { twice: false }).steps)).not.toContain('hold')
})

test('when data is brought back, then it is while nobody works with it', () => {
  const base = slotParts({ holds: true })
  const restored = { ...parts, migrate: [], restore: [{ backup: backup.online, aside: '/b/other' }] }
  const { steps } = composeSlots(restored, { ...base, settings: { ...base.settings, twice: false } }, ready)
  expect(words(steps)).toContain('hold stop restore slot-start check switch release')
})

test('when nobody knows what a new image does to its data, then they are saved while nothing runs', () => {
  const base = slotParts({ holds: true })
  const replaced = { ...parts, migrate: [], stop: 'replace' as const }
  const { steps } = composeSlots(replaced, { ...base, settings: { ...base.settings, twice: false } }, ready)
  expect(words(steps)).toContain('hold stop backup protect slot-start')
})

test('when both share one door, then nothing is switched, and the old one may answer between', () => {
  const { steps } = composed({ way: 'shares' }, { warmMs: 60_000 })
  expect(words(steps)).not.toContain('switch')
  expect(steps.find(({ kind }) => kind === 'verify')).toMatchObject({ inARow: false })
  expect(steps.find(({ kind }) => kind === 'retire')).toMatchObject({ warmMs: 0 })
})

describe('little by little', () => {
  const gradual = { shares: [5, 25], everyMs: 60_000 }

  test('when the proxy can weigh, then each share is verified and lasts its time', () => {
    const { steps } = composed({ weights: true }, { gradual })
    expect(words(steps)).toContain('check switch verify soak switch verify soak switch verify link')
    const shares = steps.flatMap((one) => (one.kind === 'switch' ? [one.percent] : []))
    expect(shares).toEqual([5, 25, 100])
    // One in twenty is asked for in vain nineteen times.
    expect(steps.flatMap((one) => (one.kind === 'verify' ? [one.times] : []))).toEqual([1, 1, 5])
  })

  test('when nobody is served yet, or the proxy cannot, then all are sent at once', () => {
    for (const more of [{ weights: true, from: null }, { weights: false }]) {
      const switches = composed(more, { gradual }).steps.filter(({ kind }) => kind === 'switch')
      expect(switches).toHaveLength(1)
    }
  })
})

test('when a version on its way out still runs in the slot, then its end is waited for before the slot is filled', () => {
  const { steps } = composed({ occupied: true })
  const vacate = steps.findIndex(({ kind }) => kind === 'retire')
  expect(steps[vacate]).toMatchObject({ slot: 'green', vacates: true, phase: 'before' })
  expect(vacate).toBeLessThan(steps.findIndex(({ kind }) => kind === 'link'))
})

test('when the wanted version is still warm in its slot, then it is not waited for, and an undo leaves it running', () => {
  const { steps } = composed({ occupied: true, warm: true, fill: [] })
  expect(steps.filter(({ kind }) => kind === 'retire')).toHaveLength(1)
  expect(steps.find(({ kind }) => kind === 'slot-start')).toMatchObject({ wasRunning: true })
})

test('when nobody is served, then nobody is let go', () => {
  const { steps } = composed({ from: null })
  expect(words(steps)).not.toContain('retire')
  expect(steps.find(({ kind }) => kind === 'switch')).toMatchObject({ from: null })
})

test('when there is one installation, then nothing of this is in its plan', () => {
  expect(words(compose(parts).steps)).not.toMatch(/slot-start|switch|verify|retire|hold/)
})
