import { expect, test } from 'vitest'
import { defaultChecks, withDisk } from './default-checks.ts'

test('D7: when the room is needed elsewhere than where files are written, then a check without a path looks there', () => {
  const written = { type: 'disk_space', minimum_mb: 5 }
  expect(withDisk(written, '/var/lib/docker')).toEqual({ ...written, path: '/var/lib/docker' })
  expect(withDisk({ ...written, path: '/srv' }, '/var/lib/docker')).toEqual({ ...written, path: '/srv' })
  expect(withDisk(written, null)).toEqual(written)
  expect(withDisk({ type: 'permissions' }, '/var/lib/docker')).toEqual({ type: 'permissions' })
})

test('when it is about containers, then less room is asked and the container is what must run', () => {
  const has = { service: true, running: true, hasVersion: true, downloads: true }
  const checks = defaultChecks({ ...has, containers: true })
  expect(checks.before[0]).toEqual({ type: 'disk_space', minimum_mb: 500 })
  expect(checks.after[0]).toEqual({ type: 'container_running' })
  expect(defaultChecks({ ...has, containers: false }).before[0]).toEqual({ type: 'disk_space', minimum_mb: 1000 })
})
