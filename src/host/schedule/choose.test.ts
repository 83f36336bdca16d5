import { expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { chooseKind, type KindReadings } from './choose.ts'

const linux: KindReadings = { platform: 'linux', root: true, systemd: false, userManager: false, cron: true }

test.each([
  [{ ...linux, systemd: true }, 'systemd'],
  [{ ...linux, systemd: true, cron: false }, 'systemd'],
  [{ ...linux, systemd: true, root: false, userManager: true }, 'systemd'],
  [{ ...linux, systemd: true, root: false }, 'cron'],
  [linux, 'cron'],
  [{ ...linux, platform: 'darwin' }, 'launchd'],
  [{ ...linux, platform: 'win32' }, 'schtasks'],
] as const)('when a host is %j then %s starts it, and that is said', (readings, kind) => {
  const choice = chooseKind(readings)
  expect(choice.kind).toBe(kind)
  expect(choice.why).not.toBe('')
})

test('when a host has nothing that starts things then that is an error with a way out', () => {
  expect(() => chooseKind({ ...linux, cron: false })).toThrow(BelayError)
})
