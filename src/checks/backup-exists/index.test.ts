import { expect, test } from 'vitest'
import { ask } from '../../host/check-context.fixture.ts'
import { backupExistsCheck } from './index.ts'

const hourMs = 3_600_000
const check = backupExistsCheck()

test('D7: when there is no backup and no kept version then it really fails', async () => {
  expect(await ask(check, {})).toMatchObject({
    ok: false,
    problem: { code: 'E_CHECK_FAILED', hint: '"belay backups create app" makes one.', facts: { count: 0 } },
  })
})

test('D7: when the newest backup is too old then it fails with its age', async () => {
  const context = { wayBackAgesMs: async () => [50 * hourMs, 30 * hourMs] }
  const result = await ask(check, { max_age_hours: 24 }, context)
  expect(result).toMatchObject({ ok: false, problem: { facts: { count: 2, newest_age_hours: 30 } } })
})

test('when one is young enough, or age does not matter, then it passes', async () => {
  const context = { wayBackAgesMs: async () => [50 * hourMs, 2 * hourMs] }
  expect(await ask(check, { max_age_hours: 24 }, context)).toMatchObject({ ok: true, facts: { newest_age_hours: 2 } })
  expect(await ask(check, {}, { wayBackAgesMs: async () => [9000 * hourMs] })).toMatchObject({ ok: true })
})
