import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ownIdentity, resolveUser } from '../../host/process/identity.ts'
import { relocation, relocationName } from './relocation.ts'
import { refuseLinks, unitsDirOf } from './units-dir.ts'

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-units-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

test('when the manager is the system’s, its own user’s or another user’s, then each has its folder', async () => {
  expect(await unitsDirOf({ scope: 'system', user: null }, '/etc/systemd/system')).toBe('/etc/systemd/system')
  const own = join(ownIdentity().home, '.config/systemd/user')
  expect(await unitsDirOf({ scope: 'user', user: null }, '/etc/systemd/system')).toBe(own)
  const { home } = await resolveUser('daemon')
  expect(home).not.toBe(ownIdentity().home)
  expect(await unitsDirOf({ scope: 'user', user: 'daemon' }, '/x')).toBe(join(home, '.config/systemd/user'))
})

test('when a unit is released again, then the drop-in that its manager reads is the one that goes', async () => {
  const dir = await folder()
  const manager = { scope: 'system', user: null } as const
  expect(await relocation(manager, 'app.service', dir, null)).toBeNull()
  const path = join(dir, 'app.service.d', relocationName)
  await mkdir(join(dir, 'app.service.d'))
  await writeFile(path, 'x')
  expect(await relocation(manager, 'app', dir, null)).toEqual({ path, content: null, previous: 'x' })
})

test.each(['.config', '.config/systemd/user/app.service.d', `.config/systemd/user/app.service.d/${relocationName}`])(
  'when %s in the home of another user is a link, then root does not follow it',
  async (link) => {
    const home = await folder()
    const path = join(home, '.config/systemd/user/app.service.d', relocationName)
    await refuseLinks(home, path)
    await mkdir(join(home, link, '..'), { recursive: true })
    await symlink('/etc/systemd/system/cron.service.d', join(home, link))
    await expect(refuseLinks(home, path)).rejects.toMatchObject({ problem: { code: 'E_PATH_INVALID' } })
  },
)

test('when the home itself lies behind a link, then that is the administrator’s and no obstacle', async () => {
  const dir = await folder()
  await mkdir(join(dir, 'real'))
  await symlink('real', join(dir, 'home'))
  await expect(refuseLinks(join(dir, 'home'), join(dir, 'home', '.config'))).resolves.toBeUndefined()
})
