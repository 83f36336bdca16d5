import { expect, test } from 'vitest'
import { tellingLine } from './tail.ts'

test.each([
  ['Node', ['node:events:486', "Error: Cannot find module './db'", '    at run (main:1:1)', 'Node.js v24.21.0'], 1],
  [
    'Python',
    ['Traceback (most recent call last):', '  File "app.py", line 1', "ModuleNotFoundError: No module named 'x'"],
    2,
  ],
  ['Java', ['java.lang.IllegalStateException: no port', '\tat Main.main(Main.java:3)'], 0],
  ['anything else', ['listening on 80', 'config: no such key'], 1],
] as const)('when a program of %s has ended, then the line that says why is quoted', (_, lines, at) => {
  expect(tellingLine(lines)).toBe(lines[at])
})

test('when a program said nothing, then there is no line', () => {
  expect(tellingLine([])).toBeUndefined()
})
