import { afterAll, beforeAll, test } from 'vitest'
import { type AppConfig, publishReleases, type Releases } from '../crash/support/world.ts'
import { patient } from './agent/support/patient.ts'
import { cli, installed } from './faults/support/installed.ts'

let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

/** H9: the seed wrote a new record at every check. */
test('H9: when an update is found again and again, then it is one notification, which its installation closes', async ({
  expect,
}) => {
  const app = (one: AppConfig) => ({ ...patient(one), policy: { hold: ['>=1.1.0-0', '1.2.0-broken'] } })
  const world = await installed({ releases: releases.url, app })
  try {
    for (let i = 0; i < 3; i++) await cli(world, ['check', '--force'])
    const listed = await cli(world, ['notifications', '--json'])
    expect(JSON.parse(listed.stdout)).toEqual({
      notifications: [
        {
          id: 1,
          component: 'app',
          title: expect.stringContaining('app 1.0.1'),
          description: null,
          version: '1.0.1',
          available_files: null,
          installed: false,
          installed_at: null,
          created_at: expect.stringMatching(/^\d{4}-.*Z$/),
          state: 'open',
        },
      ],
    })
    expect((await cli(world, ['notifications', 'dismiss', '1'])).code).toBe(0)
    expect(JSON.parse((await cli(world, ['notifications', '--json'])).stdout)).toEqual({ notifications: [] })
    expect((await cli(world, ['notifications', 'install', '1', '--yes'])).code).toBe(0)
    const { notification } = JSON.parse((await cli(world, ['notifications', 'show', '1', '--json'])).stdout)
    expect(notification).toMatchObject({ installed: true, state: 'installed', installed_at: expect.any(String) })
    const unknown = await cli(world, ['notifications', 'install', '7', '--yes'])
    expect(unknown.code).toBe(2)
    expect(unknown.stdout + unknown.stderr).toContain('There is no notification 7.')
  } finally {
    await world.remove()
  }
})
