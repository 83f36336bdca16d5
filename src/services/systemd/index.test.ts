import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { managerFailure, unitNotFound } from '../../host/systemd/failures.ts'
import { systemdServices } from './index.ts'
import { systemdServiceSchema } from './schema.ts'

const kind = systemdServices()

test.each(['dunebugger', 'app@blue', 'dunebugger.service', 'a.b'])(
  'when a unit is called %s then it is accepted',
  (unit) => {
    const config = systemdServiceSchema.parse({ type: 'systemd', unit })
    expect(config.unit.endsWith('.service')).toBe(true)
    expect(systemdServiceSchema.parse(config)).toEqual(config)
  },
)

test.each(['-M x', '--root=/x', 'a b', '../x', 'x/y', 'app.socket', ''])(
  'when a unit is called "%s" then it is refused',
  (unit) => {
    expect(systemdServiceSchema.safeParse({ type: 'systemd', unit }).success).toBe(false)
  },
)

test('when two spell one unit differently then they hold one lock', () => {
  const [a, b] = ['dunebugger', 'dunebugger.service'].map((unit) => kind.config.parse({ type: 'systemd', unit }))
  expect(a && kind.resource(a)).toBe('unit:system/dunebugger')
  expect(b && kind.resource(b)).toBe('unit:system/dunebugger')
  expect(b && kind.describe(b)).toBe('systemd dunebugger')
})

test.each([
  ["System has not been booted with systemd as init system (PID 1). Can't operate.", 'E_PLATFORM'],
  ['Failed to start x.service: Interactive authentication required.', 'E_PERMISSION'],
  ['Failed to connect to bus: No medium found', 'E_PLATFORM'],
])('when systemctl says "%s" then the problem is %s', (said, code) => {
  expect(managerFailure({ scope: 'system', user: null }, said)?.problem.code).toBe(code)
})

test('when systemctl complains about the unit then that is no failure of the manager', () => {
  expect(managerFailure({ scope: 'system', user: null }, 'Job for x.service failed.')).toBeNull()
  expect(unitNotFound({ scope: 'user', user: null }, 'x.service', 'masked').problem.hint).toContain(
    'systemctl --user unmask x.service',
  )
})

test.skipIf(existsSync('/run/systemd/system'))(
  'when the host has no systemd then asking says so, with what to use instead',
  async () => {
    const spec = { type: 'systemd' as const, unit: 'x' }
    const service = kind.open(kind.config.parse(spec), { component: 'app', spec, cwd: '/', user: null })
    const error = await service.inspect().catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ problem: { hint: expect.stringContaining('process') } })
    expect(['E_PLATFORM', 'E_COMMAND_NOT_FOUND']).toContain((error as { problem: { code: string } }).problem.code)
  },
)

test('when the unit is a template then a slot is one of its instances, and what is asked of it stays', () => {
  const config = kind.config.parse({ type: 'systemd', unit: 'crm@', scope: 'user', user: 'pi' })
  const spec = kind.inSlot?.(config, 'green', 8002)
  expect(spec).toEqual({ type: 'systemd', unit: 'crm@green.service', scope: 'user', user: 'pi' })
  const again = kind.config.parse(spec)
  expect(kind.describe(again)).toBe('systemd crm@green')
  expect(kind.resource(again)).toBe('unit:user/crm@green')
})

test.each([
  ['crm', /crm is one unit.*systemctl cat crm.*\/etc\/systemd\/system\/crm@\.service.*unit: "crm@"/],
  ['crm@blue', /crm@blue is one instance of crm@.*unit: "crm@"/],
])('when the unit is %s then it has no slots, and what to write is said', (unit, said) => {
  expect(kind.inSlot?.(kind.config.parse({ type: 'systemd', unit }), 'blue', null)).toMatch(said)
})
