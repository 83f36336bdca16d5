import { expect, test } from 'vitest'
import { belay } from '../../test/fakes/belay.ts'
import { checkReport, notification, runReport, type Script } from '../../test/fakes/engine.ts'

const committed = async () => runReport()

const offers = [
  notification({ id: 4, version: '1.2.0', title: 'core 1.2.0' }),
  notification({ state: 'superseded' }),
  notification({
    id: 2,
    version: '1.0.4',
    state: 'installed',
    installed: true,
    installed_at: '2026-11-20T10:00:00.000Z',
  }),
  notification({ id: 1, version: '1.0.3', state: 'dismissed' }),
]

test('when notifications are listed then those that still matter are, and all where all are asked for', async () => {
  const few = await belay('notifications', { script: { notifications: offers } })
  expect(few.out.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual(['id', '4', '2', ''])
  const all = await belay('notifications list --all', { script: { notifications: offers } })
  expect(all.out).toMatch(/^3 .*superseded/m)
  expect(all.out).toMatch(/^1 .*dismissed/m)
  const document = await belay('notifications list --all --json', { script: { notifications: offers } })
  expect(JSON.parse(document.out)).toEqual({ notifications: offers })
})

test('when a notification is shown then its files are, and the command that installs it', async () => {
  const { out } = await belay('notifications show 3', { script: { notifications: [notification()] } })
  expect(out).toMatch(/files +2/)
  expect(out).toContain('  app/übersicht.py\n')
  expect(out).toMatch(/Install it: belay notifications install 3\n$/)
})

test('when a notification is installed then exactly its version is', async () => {
  const script: Script = { notifications: [notification()], update: committed }
  const { engine, code } = await belay('notifications install 3 --yes', { script })
  expect(engine.calls).toEqual(['update core {"to":"1.1.0"}'])
  expect(code).toBe(0)
})

test('when a notification is dismissed then it is said that its update stays', async () => {
  const script: Script = { notifications: [notification({ state: 'dismissed' })] }
  const { engine, out } = await belay('notifications dismiss 3', { script })
  expect(engine.calls).toEqual(['dismiss 3'])
  expect(out).toBe('Notification 3 is dismissed. Its update stays available: belay check core\n')
})

test('when files are asked for then each is named with what would happen to it', async () => {
  const files = [
    { path: 'new.py', change: 'added', local: 'clean' },
    { path: 'main.py', change: 'changed', local: 'edited' },
    { path: '.env', change: 'changed', local: 'protected' },
    { path: 'old.py', change: 'removed', local: 'clean' },
  ] as const
  const checks = { core: checkReport({ update_available: true, relation: 'older', latest: '1.1.0', files }) }
  const { out } = await belay('check --list-files', { script: { checks } })
  expect(out.split('\n').slice(1, 6)).toEqual([
    'core: 4 files (+ added, ~ changed, - removed, x mode)',
    '  + new.py',
    '  ~ main.py  (edited here)',
    '  ~ .env  (protected: stays as it is)',
    '  - old.py',
  ])
})
