import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { World } from '../../crash/support/world.ts'
import { helpdeskCommits, older, realDiff, treeOf } from '../files/support/helpdesk.ts'
import { site } from '../files/support/site.ts'
import { Agent } from './support/agent.ts'
import { ended } from './support/ended.ts'
import { originOf, tokenFor } from './support/frontend.ts'

/** HelpDesk's addresses over the real trees of HelpDesk. */
test('when the real tree is checked and installed over its addresses then each file is told, and none that is protected', async () => {
  const protect = ['.env', 'helpdesk/settings.py', 'db.sqlite3', 'manage.py']
  await using here = await site({ commits: helpdeskCommits(), there: treeOf(older), strategy: { protect } })
  await writeFile(here.at('.env'), 'SECRET_KEY=mine\n')
  const agent = { allow_http: ['127.0.0.1'], listen: '127.0.0.1:0' }
  const host = { configFile: join(here.dir, 'belay.json'), state: here.state } as World
  await writeFile(host.configFile, JSON.stringify({ ...here.config, agent }))
  await using running = new Agent(host)
  const origin = await originOf(running)
  const headers = { authorization: `Bearer ${await tokenFor(host, 'operate')}`, 'content-type': 'application/json' }
  const ask = async (path: string, init: RequestInit = {}) =>
    (await (await fetch(`${origin}/admin/updates/${path}`, { headers, ...init })).json()) as Record<string, unknown>

  const changed = realDiff().map(([, path]) => path)
  const check = await ask('check/force/')
  expect(check).toMatchObject({ has_updates: true, branch: 'main', repo: 'aboro72/HelpDesk', error: null })
  expect(Object.keys(check['updates'] as object).toSorted()).toEqual(changed)
  expect(check['file_count']).toBe(changed.length)

  const body = JSON.stringify({ notification_id: check['notification_id'] })
  const install = () => ask('install/', { method: 'POST', body })
  await ended(origin, headers, install, (said) => {
    expect(said).toMatchObject({ status: 'success', success_count: changed.length, failed_count: 0 })
    expect((said['results'] as { success: readonly string[] }).success.toSorted()).toEqual(changed)
  })
  expect(await install()).toMatchObject({ status: 'already_installed' })
  expect(await ask('check/')).toMatchObject({ has_updates: false, updates: {}, file_count: 0, error: null })
  expect(await ask('history/')).toMatchObject({ total_updates: 1, installed_updates: 1 })

  here.github.fault = (_request, response) => {
    response.writeHead(404).end('{}')
    return true
  }
  const failed = await ask('check/force/')
  expect(failed).toMatchObject({ has_updates: false, updates: {}, error: expect.any(String) })
})
