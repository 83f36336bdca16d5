import { expect, test } from 'vitest'
import { forwardFolder } from '../../host/forward/target.ts'
import { forwardArgv } from './manager.ts'
import { serviceText, socketText } from './units.ts'

const folder = forwardFolder('/var/lib/100% belay', 'app')

test('when an address is of IPv6 then systemd reads it as one', () => {
  expect(socketText(folder, { host: '::', port: 80 })).toMatch(/^ListenStream=\[::\]:80$/m)
  expect(socketText(folder, { host: '127.0.0.1', port: 80 })).toMatch(/^ListenStream=127\.0\.0\.1:80$/m)
})

test('when a path has words that systemd would read otherwise then they are written so that it does not', () => {
  const text = serviceText(folder, forwardArgv(['/usr/bin/node', '/opt/$x/start.mjs'], folder))
  expect(text).toContain('ExecStart="/usr/bin/node" "/opt/$$x/start.mjs" "forward" "app" "/var/lib/100%% belay"')
  expect(text).toContain('WorkingDirectory=/var/lib/100%% belay/traffic/app\n')
})
