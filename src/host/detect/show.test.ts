import { expect, test } from 'vitest'
import { blocksOf, pathsIn, serviceIn, timeSpan } from './show.ts'

test('when systemctl shows several units, then each is a block, and values may hold anything', () => {
  expect(blocksOf('Id=a.service\nExecStart=\n\nId=b.service\nEnvironment=A=1 B=2\n')).toEqual([
    { Id: 'a.service', ExecStart: '' },
    { Id: 'b.service', Environment: 'A=1 B=2' },
  ])
  expect(blocksOf('')).toEqual([])
})

test('when a command line has secrets, then only its paths are taken', () => {
  const exec =
    '{ path=/usr/bin/node ; argv[]=/usr/bin/node /opt/app/main.js --token s3cret x=/y ; ignore_errors=no ; pid=7 }'
  expect(pathsIn(exec)).toEqual(['/usr/bin/node', '/opt/app/main.js'])
  expect(pathsIn('')).toEqual([])
})

test.each([
  ['200ms', 200_000],
  ['1s 500ms', 1_500_000],
  ['1min', 60_000_000],
  ['infinity', null],
  ['', null],
])('when systemd prints the time span "%s", then it is %s microseconds', (text, span) => {
  expect(timeSpan(text)).toBe(span)
})

test.each([
  ['0::/system.slice/belay.service\n', { unit: 'belay.service', scope: 'system' }],
  ['2:cpu:/x\n1:name=systemd:/system.slice/belay.service\n0::/\n', { unit: 'belay.service', scope: 'system' }],
  [
    '0::/user.slice/user-1000.slice/user@1000.service/app.slice/belay.service\n',
    { unit: 'belay.service', scope: 'user' },
  ],
  ['0::/user.slice/user-1000.slice/user@1000.service\n', null],
  ['0::/user.slice/user-0.slice/session-1.scope\n', null],
  ['0::/\n', null],
])('when the control groups are %j, then the service is %j', (groups, service) => {
  expect(serviceIn(groups)).toEqual(service)
})
