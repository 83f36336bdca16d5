import { expect, test } from 'vitest'
import { nginxSchema } from './schema.ts'
import { buckets, httpText, serverText, statusIn } from './text.ts'

const config = nginxSchema.parse({ type: 'nginx', upstream: 'app', status: '127.0.0.1:8009' })
const slots = { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '::1', port: 8002 } }

test('when the file for the http section is written then each slot has the other one behind it', () => {
  const text = httpText(config, slots)
  expect(text).toContain('upstream app_blue { server 127.0.0.1:8001 max_fails=0; server [::1]:8002 backup; }')
  expect(text).toContain('upstream app_green { server [::1]:8002 max_fails=0; server 127.0.0.1:8001 backup; }')
  expect(serverText(config)).toContain('if (-f /etc/nginx/belay/app/now/$app_bucket) { set $app app_green; }')
})

test.each([
  ['belay app blue=127.0.0.1:8001 green=[::1]:8002 sees=green\n', { sees: 'green' }],
  ['belay app blue=127.0.0.1:8001 green=[::1]:8002 sees=blue\n', { sees: 'blue' }],
  ['belay app blue=127.0.0.1:8001 green=[::1]:9 sees=blue\n', 'other-slots'],
  ['belay apple blue=127.0.0.1:8001 green=[::1]:8002 sees=blue\n', 'foreign'],
  ['<html>', 'foreign'],
])('when the status is %j then it is %j', (answer, status) => {
  expect(statusIn(answer, config, slots)).toEqual(status)
})

test('when requests are dealt out then there is a bucket for every beginning of an id, and none twice', () => {
  expect(new Set(buckets).size).toBe(256)
  expect(buckets.every((bucket) => /^[0-9a-f]{2}$/.test(bucket))).toBe(true)
})

test.each(['App', 'a-b', 'a.b', '', '1a', 'a b', 'a;'])(
  'when an upstream is called "%s" then it is refused',
  (upstream) => {
    expect(nginxSchema.safeParse({ type: 'nginx', upstream, status: '127.0.0.1:8009' }).success).toBe(false)
  },
)

test.each(['/etc/x y', '/etc/{x}', 'etc', '/etc/$x', '/x;y'])('when a folder is %s then it is refused', (folder) => {
  expect(nginxSchema.safeParse({ type: 'nginx', upstream: 'app', status: '127.0.0.1:8009', folder }).success).toBe(
    false,
  )
})
