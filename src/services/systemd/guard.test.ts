import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownIdentity } from '../../host/process/identity.ts'
import { guardPlace, removeDropIn, systemdGuard, writeGuard } from './guard.ts'
import { systemdServiceSchema } from './schema.ts'

const resume = { argv: ['/usr/bin/belay', 'resume', '--boot'], environment: {} }
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-guard-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const config = (unit: string, more = {}) => systemdServiceSchema.parse({ type: 'systemd', unit, ...more })

test('when a guard is written twice then the second time changes nothing', async () => {
  const place = await guardPlace(config('app'), dir)
  expect(await writeGuard(place, resume)).toBe(true)
  const unit = join(dir, 'belay-resume.service')
  const before = await stat(unit)
  expect(await writeGuard(place, resume)).toBe(false)
  expect((await stat(unit)).ino).toBe(before.ino)
  expect(await readFile(join(dir, 'app.service.d/50-belay-resume.conf'), 'utf8')).toContain(
    'Requires=belay-resume.service',
  )
  expect((await stat(unit)).mode & 0o777).toBe(0o644)
})

test('when the resume command moved then the guard is written anew', async () => {
  const place = await guardPlace(config('app'), dir)
  await writeGuard(place, resume)
  expect(await writeGuard(place, { ...resume, argv: ['/opt/belay/bin/belay', 'resume', '--boot'] })).toBe(true)
  expect(await readFile(join(dir, 'belay-resume.service'), 'utf8')).toContain('/opt/belay/bin/belay')
})

test('when one of two drop-ins is removed then the resume unit is still needed, and drop-ins of others stay', async () => {
  const [one, two] = [await guardPlace(config('one'), dir), await guardPlace(config('two@blue'), dir)]
  await writeGuard(one, resume)
  await writeGuard(two, resume)
  await mkdir(join(dir, 'one.service.d'), { recursive: true })
  await writeFile(join(dir, 'one.service.d/90-admin.conf'), '[Service]\n')
  expect(await removeDropIn(one)).toBe(false)
  expect(await readFile(join(dir, 'one.service.d/90-admin.conf'), 'utf8')).toBe('[Service]\n')
  expect(await removeDropIn(two)).toBe(true)
  await expect(stat(join(dir, 'two@blue.service.d'))).rejects.toThrow()
  expect(await removeDropIn(two)).toBe(true)
})

test('when the unit is the agent’s then a resume that failed does not keep it down', async () => {
  const place = await guardPlace(config('belay-agent'), dir)
  await writeGuard(place, resume)
  const text = await readFile(join(dir, 'belay-agent.service.d/50-belay-resume.conf'), 'utf8')
  expect(text).toMatch(/^After=belay-resume.service$/m)
  expect(text).toMatch(/^Wants=belay-resume.service$/m)
  expect(text).not.toContain('Requires')
})

test('when the unit is a user’s then its own folder is used, or, for another user’s and as root, that user’s manager waits', async () => {
  const own = await guardPlace(config('app', { scope: 'user' }), dir)
  expect(own).toMatchObject({
    unitsDir: join(ownIdentity().home, '.config/systemd/user'),
    unit: 'app.service',
    bond: 'Requires',
  })
  if (process.getuid?.() !== 0) return
  const other = await guardPlace(config('app', { scope: 'user', user: 'nobody' }), dir)
  expect(other).toMatchObject({
    unitsDir: dir,
    unit: 'user@65534.service',
    bond: 'Wants',
    manager: { scope: 'system' },
  })
})

test('when a guard is written then it is said to be there, and no longer when its drop-in is gone', async () => {
  const guard = systemdGuard(dir)
  const place = await guardPlace(config('app'), dir)
  expect(await guard.installed(config('app'))).toBe(false)
  await writeGuard(place, resume)
  expect(await guard.installed(config('app'))).toBe(true)
  expect(await guard.installed(config('other'))).toBe(false)
  await removeDropIn(place)
  expect(await guard.installed(config('app'))).toBe(false)
})
