// needs: shellcheck
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

test.each(['drop-in/auto_update.sh', 'bin/belay', 'bin/belay-put'])(
  'when %s is read as POSIX sh then nothing in it is doubtful',
  (file) => {
    const { status, stdout, stderr } = spawnSync('shellcheck', ['--shell=sh', '--severity=warning', file], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stdout + stderr).toBe('')
    expect(status).toBe(0)
  },
)
