import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

test('when a page shows how to start things in time then belay understands each line of it', () => {
  const page = readFileSync(join(root, 'docs/guide/schedule-updates.md'), 'utf8')
  const lines = [...page.matchAll(/^belay service (\w+)(.*)$/gm)]
  expect(lines.map(([, verb]) => verb)).toContain('install')
  for (const [, verb = '', rest = ''] of lines.filter(([, verb]) => verb !== 'uninstall')) {
    const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
    // Nothing is to be left on the machine of this test: what is installed is what is printed.
    const argv = ['-c', join(root, 'docs/guide/examples/github-releases.yaml'), '--json', 'service', 'print', ...words]
    const { schedule } = JSON.parse(execFileSync(join(root, 'bin/belay'), argv, { encoding: 'utf8' }))
    expect(schedule.files.length, `${verb}${rest}`).toBeGreaterThan(0)
    expect(schedule.work).toBe(words.includes('update') ? 'update' : 'check')
  }
})
