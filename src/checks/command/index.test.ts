import { realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { ask, stepOf } from '../../host/check-context.fixture.ts'
import { commandCheck } from './index.ts'

const check = commandCheck()
const node = process.execPath

test('when the program ends with 0 then it passes with its last lines, run in the installed tree', async () => {
  const probe = { component: 'app', spec: { type: 'file' }, dir: tmpdir(), user: null, scheme: 'semver' }
  const result = await ask(check, { command: [node, '-e', 'console.log(process.cwd())'] }, { step: stepOf({ probe }) })
  expect(result).toMatchObject({ ok: true, facts: { code: 0, lines: [await realpath(tmpdir())] } })
})

test('when it ends with another code then it fails with its last lines', async () => {
  const result = await ask(check, { command: [node, '-e', 'console.error("db is down");process.exit(2)'], cwd: '/' })
  expect(result).toMatchObject({
    ok: false,
    problem: {
      code: 'E_CHECK_FAILED',
      message: expect.stringContaining('code 2'),
      facts: { code: 2, last: 'db is down' },
    },
  })
})

test('when it does not exist or hangs then it fails and says so', async () => {
  expect(await ask(check, { command: ['no-such-check'] })).toMatchObject({
    problem: { facts: { cause: 'E_COMMAND_NOT_FOUND' } },
  })
  const hanging = await ask(check, { command: [node, '-e', 'setInterval(()=>{},1000)'], timeout_seconds: 0.3 })
  expect(hanging).toMatchObject({ problem: { facts: { cause: 'E_TIMEOUT' } } })
})
