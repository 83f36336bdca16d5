import { expect, test } from 'vitest'
import { corePlan } from '../../../test/fakes/plan.ts'
import type { PlanManifest } from '../../core/manifest/facts.ts'
import { lookOf } from '../terminal/look.ts'
import { width } from '../terminal/width.ts'
import { planLines } from './plan.ts'

const accepted: PlanManifest = {
  verdict: 'accepted',
  name: 'update-manifest.yaml',
  url: 'https://example.org/update-manifest.yaml',
  digest: null,
  reasons: [],
  steps: [
    { action: 'download_artifact', detail: 'dunebugger-1.1.0.tar.gz', done: 'download' },
    { action: 'backup_compose', detail: '', done: 'kept: the file as it was, before it is edited' },
  ],
  rollback: [{ action: 'restore_backup', detail: '/opt/core', done: 'undo of the switch' }],
  before: [{ type: 'disk_space', minimum_mb: 7 }],
  after: [{ type: 'version_check' }],
  requires: {},
}

const options = { now: Date.parse('2026-11-20T12:00:00.000Z'), run: null }
const pipe = lookOf({ write: () => {} }, { LANG: 'C.UTF-8', NO_COLOR: '1' }, { color: true })
const lines = (manifest: PlanManifest, look = pipe) => planLines(corePlan({}, { manifest }), look, options)

test('when a plan has a manifest that is taken, then each thing that it asks stands beside what does it', () => {
  const shown = lines(accepted)
  const at = shown.findIndex((line) => line.includes('manifest:'))
  expect(shown.slice(at, at + 3)).toEqual([
    '  manifest: update-manifest.yaml says the same as this plan · checks disk_space, version_check · way back restore_backup',
    '     download_artifact dunebugger-1.1.0.tar.gz  → download',
    '     backup_compose                             → kept: the file as it was, before it is edited',
  ])
})

test('when it is refused for several reasons, then all of them are told', () => {
  const shown = lines({ ...accepted, verdict: 'refused', reasons: ['a.yaml:1:1: one', 'a.yaml:2:1: two'] })
  expect(shown).toContain('  manifest: refused, for 2 reasons')
  expect(shown.slice(-4).join()).toContain('     a.yaml:1:1: one,     a.yaml:2:1: two')
})

test.each(['refused', 'missing', 'unasked'] as const)(
  'when it is %s, then there is nothing to show beside the plan',
  (verdict) => {
    expect(lines({ ...accepted, verdict }).join()).not.toContain('manifest')
  },
)

test.each([40, 60, 100])(
  'when the terminal has %i columns then no line is wider, and nothing in it steers it',
  (columns) => {
    const look = lookOf({ write: () => {}, isTTY: true, columns }, { LANG: 'C.UTF-8', NO_COLOR: '1' }, { color: true })
    const odd = { ...accepted, steps: [{ action: 'pull_image', detail: `x\u001b[2J${'y'.repeat(200)}`, done: 'pull' }] }
    const shown = lines(odd, look)
    expect(shown.filter((line) => width(line) > columns)).toEqual([])
    expect(shown.join()).not.toContain('\u001b')
  },
)
