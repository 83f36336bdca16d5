import { describe, expect, test } from 'vitest'
import { check, command, link, remove } from '../../../test/fakes/plan.ts'
import { type BackupPart, compose, type Parts } from './compose.ts'
import type { CommandStep, ServiceRef, Step } from './step.ts'

const ref: ServiceRef = { component: 'core', spec: { type: 'systemd', unit: 'core' }, cwd: '/opt/core', user: null }
const service = { ref, after: { ...ref, cwd: '/moved' }, wasRunning: true, detail: 'systemd core', guards: true }
const data = { type: 'path', path: '/var/lib/core' }
const backup: BackupPart = {
  detail: 'path /var/lib/core',
  version: '1.0.4',
  online: { component: 'core', data, dir: '/b/r-0' },
  kept: null,
  final: { component: 'core', data, dir: '/b/r-0-final' },
  aside: '/b/r-0.aside',
  copies: ['/usb'],
}
const step = (kind: Step['kind'], detail: string): Step => ({ kind, phase: 'before', detail }) as unknown as Step
const downloadStep = step('download', 'artifact')

const least: Parts = {
  run: 'r-00000001',
  runDir: '/state/runs/r-00000001',
  room: [],
  checksBefore: [check('before', 'disk')],
  checksAfter: [check('after', 'healthy')],
  checksBack: [check('back', 'old healthy')],
  download: null,
  before: [step('unpack', 'tree'), step('carry', 'first')],
  settle: [step('sync', 'tree')],
  stopped: [link()],
  cleanup: [remove()],
  prepare: [],
  migrate: [],
  backups: [],
  restore: [],
  stop: 'always',
  service: null,
  soakMs: 0,
  self: null,
}

const full: Parts = {
  ...least,
  download: { source: { type: 'github' }, artifact: {} as never, step: downloadStep },
  prepare: [command('prepare', 'npm ci') as CommandStep],
  migrate: [command('migrate', 'one') as CommandStep, command('migrate', 'two') as CommandStep],
  backups: [backup],
  restore: [{ backup: backup.online, aside: '/b/other' }],
  service,
  soakMs: 60_000,
  self: null,
}

const kinds = (parts: Parts) => compose(parts).steps.map((one) => one.kind)
/** The steps after the one that commits. */
const behindCommit = (parts: Parts) => {
  const { steps, commitAfter } = compose(parts)
  return steps.slice(commitAfter + 1).map((one) => one.kind)
}

test('when a tree is changed where it stands, then it is migrated after the switch', () => {
  const steps = kinds({ ...full, migratesLast: true })
  expect(steps.slice(steps.indexOf('restore'), steps.indexOf('start'))).toEqual([
    'restore',
    'link',
    'migrate',
    'migrate',
  ])
  expect(kinds(full).indexOf('migrate')).toBeLessThan(kinds(full).indexOf('link'))
})

test('when a run has everything, then the order is the one of the design', () => {
  expect(kinds(full).join(' ')).toBe(
    'check download unpack carry prepare sync backup guard ' +
      'stop backup restore migrate migrate link start ' +
      'check soak check ' +
      'copy-backup remove remove',
  )
})

test('when there is no service, then nothing is stopped, started or guarded', () => {
  expect(kinds({ ...full, service: null }).join(' ')).toBe(
    'check download unpack carry prepare sync backup ' +
      'backup restore migrate migrate link ' +
      'check soak check ' +
      'copy-backup remove remove',
  )
})

test('when the strategy never stops, then the service is left alone', () => {
  for (const kind of ['stop', 'start', 'guard'] as const) expect(kinds({ ...full, stop: 'never' })).not.toContain(kind)
})

test('when room must be made, then that comes before the disk is looked at', () => {
  expect(kinds({ ...least, room: [remove()] }).slice(0, 2)).toEqual(['remove', 'check'])
})

describe('when the start replaces what runs', () => {
  const replacing: Parts = { ...full, stop: 'replace', migrate: [], restore: [], backups: [] }

  test('then nothing is stopped before it, and its way back is the last to be undone', () => {
    expect(kinds(replacing).join(' ')).toBe(
      'check download unpack carry prepare sync guard revive link start check soak check remove remove',
    )
  })

  test('then nothing before the start is called an outage', () => {
    const { steps } = compose(replacing)
    expect(steps.filter(({ phase }) => phase === 'stopped')).toEqual([])
    expect(steps.find(({ kind }) => kind === 'link')).toMatchObject({ phase: 'before' })
  })

  test('then data is saved while it is stopped, and protected until the commit: a new version may change it', () => {
    expect(kinds({ ...replacing, backups: [backup] }).join(' ')).toBe(
      'check download unpack carry prepare sync backup guard ' +
        'stop backup protect link start ' +
        'check soak check ' +
        'copy-backup remove remove',
    )
    const protect = compose({ ...replacing, backups: [backup] }).steps.find((one) => one.kind === 'protect')
    expect(protect).toMatchObject({ restore: [{ backup: backup.final, aside: backup.aside }] })
  })

  test('then data that comes back does so while it is stopped', () => {
    expect(kinds({ ...replacing, restore: full.restore }).join(' ')).toBe(
      'check download unpack carry prepare sync guard stop restore link start check soak check remove remove',
    )
  })
})

test('when its kind of service has no guard, then none is planned', () => {
  expect(kinds({ ...full, service: { ...service, guards: false } })).not.toContain('guard')
})

describe('the commit', () => {
  test('when checks follow the start, then the last one is the commit', () => {
    expect(behindCommit({ ...least, service })).toEqual(['remove', 'remove'])
    expect(compose({ ...least, service }).steps[compose({ ...least, service }).commitAfter]).toMatchObject({
      kind: 'check',
      phase: 'after',
    })
  })

  test('when it soaks, then the checks are asked once more before it', () => {
    const { steps, commitAfter } = compose({ ...least, soakMs: 60_000 })
    expect(steps.slice(commitAfter - 2, commitAfter + 1).map((one) => one.kind)).toEqual(['check', 'soak', 'check'])
    expect(steps[commitAfter - 1]).toMatchObject({ ms: 60_000, detail: '60 s' })
  })

  test('when there is nothing to check, then the last step of the switch is the commit', () => {
    const { steps, commitAfter } = compose({ ...least, checksAfter: [] })
    expect(steps[commitAfter]?.kind).toBe('link')
  })

  test('when there are checks of the way back, then they stand apart', () => {
    expect(compose(full).back).toEqual(full.checksBack)
  })
})

describe('a run that moves Belay itself', () => {
  const program = { node: '/node', file: '/opt/belay/releases/1/belay.js' }
  const self = {
    trial: {
      kind: 'trial',
      phase: 'stopped',
      detail: 'x',
      dir: '/state/self',
      previous: program,
      candidate: program,
      tries: 3,
    },
    confirm: { kind: 'confirm', phase: 'after', detail: 'x', dir: '/state/self', identity: 'old', timeoutMs: 1 },
  } as const

  test('when it stops the agent, then the trial begins before the switch, and the new one’s word is the commit', () => {
    const { steps, commitAfter } = compose({ ...full, self })
    const at = (kind: string) => steps.findIndex((one) => one.kind === kind)
    expect(at('stop')).toBeLessThan(at('trial'))
    expect(at('trial')).toBeLessThan(at('link'))
    expect(at('confirm')).toBeGreaterThan(at('start'))
    expect(
      steps.slice(at('confirm') + 1, commitAfter + 1).every(({ kind }) => kind === 'soak' || kind === 'check'),
    ).toBe(true)
    expect(steps.slice(commitAfter + 1)).toContainEqual(
      expect.objectContaining({ kind: 'remove', path: '/state/self' }),
    )
  })

  test('when the start replaces containers, then the trial begins while the old one runs', () => {
    const { steps } = compose({ ...least, service, stop: 'replace', self })
    expect(steps.find(({ kind }) => kind === 'trial')).toMatchObject({ phase: 'before' })
    expect(steps.filter(({ kind }) => kind === 'stop')).toEqual([])
  })
})

describe('backups', () => {
  test('when the data changes, then one is made online and one after the stop, and only that one is restored', () => {
    const { steps } = compose(full)
    const made = steps.filter((one) => one.kind === 'backup')
    expect(made).toMatchObject([
      { phase: 'before', backup: { dir: '/b/r-0' }, copies: ['/usb'] },
      { phase: 'stopped', backup: { dir: '/b/r-0-final' }, copies: [] },
    ])
    const restores = steps.flatMap((one) => (one.kind === 'migrate' ? [one.restore] : []))
    expect(restores).toEqual([[{ backup: backup.final, aside: '/b/r-0.aside' }], []])
  })

  test('when it was made after the stop, then its copies are made once nothing waits for them', () => {
    const { steps, commitAfter } = compose(full)
    const copies = steps.flatMap((one, i) => (one.kind === 'copy-backup' ? [{ ...one, after: i > commitAfter }] : []))
    expect(copies).toMatchObject([{ backup: { dir: '/b/r-0-final' }, copies: ['/usb'], after: true }])
    expect(kinds({ ...full, migrate: [] })).not.toContain('copy-backup')
    expect(kinds({ ...full, backups: [{ ...backup, copies: [] }] })).not.toContain('copy-backup')
  })

  test('when data is kept elsewhere than aside, then the step says where', () => {
    const { steps } = compose({ ...full, backups: [{ ...backup, kept: 'the database x' }] })
    const [restore] = steps.flatMap((one) => (one.kind === 'migrate' ? one.restore : []))
    expect(restore).toMatchObject({ aside: '/b/r-0.aside', kept: 'the database x' })
  })

  test('when nothing changes the data, then one backup is enough', () => {
    expect(kinds({ ...full, migrate: [] }).filter((kind) => kind === 'backup')).toHaveLength(1)
  })
})

test('when the installation moves, then the start is of the service where it is found afterwards', () => {
  const { steps } = compose(full)
  expect(steps.find((one) => one.kind === 'stop')).toMatchObject({ service: { cwd: '/opt/core' }, phase: 'stopped' })
  expect(steps.find((one) => one.kind === 'start')).toMatchObject({ service: { cwd: '/moved' }, phase: 'after' })
})

test('when a run ends, then its temporary folder goes, last of all', () => {
  expect(compose(least).steps.at(-1)).toMatchObject({ kind: 'remove', phase: 'cleanup', path: least.runDir })
})

describe('when a manifest may lie in the archive', () => {
  const inside = { before: step('manifest', ''), after: step('manifest', '') }

  test('then it is looked at right behind the unpacking, and asked again with the other checks, and after the soak', () => {
    const { steps, commitAfter } = compose({ ...least, inside, soakMs: 1 })
    expect(steps.slice(0, commitAfter + 1).map(({ kind }) => kind)).toEqual([
      'check',
      'unpack',
      'manifest',
      'carry',
      'sync',
      'link',
      'check',
      'manifest',
      'soak',
      'check',
      'manifest',
    ])
  })
})
