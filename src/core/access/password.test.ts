import { expect, test } from 'vitest'
import { passwordFault } from './password.ts'

test.each([
  ['short', 'eleven char'],
  ['long', 'x1Y2z'.repeat(60)],
  ['the same few letters', 'abababababababab'],
  ['the name with a little more', 'belay-annika1'],
])('when a password is %s then it is refused, and not repeated', (_, password) => {
  const fault = passwordFault(password, 'annika')
  expect(fault?.problem.code).toBe('E_USAGE')
  expect(JSON.stringify(fault?.problem)).not.toContain(password)
})

test.each(['correct horse battery', 'ünïcödé ïs fïne', 'twelve chars'])(
  'when it is %s then it is taken',
  (password) => {
    expect(passwordFault(password, 'annika')).toBeNull()
  },
)
