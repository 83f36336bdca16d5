import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { programFile } from './program-file.ts'
import { version } from './version.ts'

test('when a service manager is told what to start, then that program is belay', () => {
  expect(execFileSync(process.execPath, [programFile(), '--version'], { encoding: 'utf8' }).trim()).toBe(version)
})
