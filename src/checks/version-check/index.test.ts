import { expect, test } from 'vitest'
import { ask, stepOf } from '../../host/check-context.fixture.ts'
import { versionCheck } from './index.ts'

const check = versionCheck()

function asked(seen: string | null, expected: string | null, config = {}, scheme = 'semver') {
  const probe = { component: 'app', spec: { type: 'file' }, dir: '/', user: null, scheme }
  const step = stepOf({ expectedVersion: expected, probe })
  return ask(check, config, { step, installedVersion: async () => seen })
}

test.each([
  ['1.2.0', '1.2.0', 'semver', true],
  ['v1.2.0', '1.2.0', 'semver', true],
  ['1.0', '1.0.0', 'pep440', true],
  ['1.1.0', '1.2.0', 'semver', false],
  ['abc1234', 'abc1234', 'semver', true],
  ['abc1234', 'def5678', 'semver', false],
])('when %s is there and %s expected in %s then it passes: %s', async (seen, expected, scheme, ok) => {
  const result = await asked(seen, expected, {}, scheme)
  expect(result.ok).toBe(ok)
  expect(result.ok ? result.facts : result.problem.facts).toMatchObject({ version: seen, expected: [expected] })
})

test('when the version cannot be read then it fails: unknown is not the right one', async () => {
  expect(await asked(null, '1.0.0')).toMatchObject({ ok: false })
})

test('when a manifest expects another version than the release then that fails too', async () => {
  expect(await asked('1.2.0', '1.2.0', { expected_version: '1.0.0-beta.10' })).toMatchObject({ ok: false })
  expect(await asked('1.2.0', null, { expected_version: '1.2.0' })).toMatchObject({ ok: true })
  expect(await asked('1.2.0', null)).toMatchObject({ ok: false })
})
