import { afterAll, beforeAll, expect, test } from 'vitest'
import { publishReleases, type Releases, type World } from '../../crash/support/world.ts'
import { Agent, until } from './support/agent.ts'
import { ended } from './support/ended.ts'
import { appliance, originOf, tokenFor } from './support/frontend.ts'
import { openGate } from './support/patient.ts'
import { expectShape, place, text, texts, time } from './support/shapes.ts'

/** What is begun at the addresses of the seeds' applications, to its end. */
let releases: Releases
beforeAll(async () => {
  releases = await publishReleases()
})
afterAll(() => releases.close())

async function changing(
  work: (at: string, headers: Record<string, string>, own: World) => Promise<void>,
  host: Parameters<typeof appliance>[1] = {},
) {
  const own = await appliance(releases.url, host)
  try {
    await using second = new Agent(own)
    const at = await originOf(second)
    await work(
      at,
      { authorization: `Bearer ${await tokenFor(own, 'operate')}`, 'content-type': 'application/json' },
      own,
    )
  } finally {
    await own.remove()
  }
}

test('C7: when the enterprise update is started then the answer comes while it goes on, and its state says how far', () =>
  changing(
    async (at, headers, own) => {
      const started = await fetch(`${at}/api/enterprise/start-update`, { method: 'POST', headers })
      expect(started.status).toBe(200)
      expectShape(await started.json(), {
        status: 'success',
        message: text,
        ...place,
        container_type: null,
        update_method: 'directory',
        features: texts,
        run: expect.stringMatching(/^r-/),
      })
      const again = await fetch(`${at}/api/enterprise/start-update`, { method: 'POST', headers })
      expect(again.status).toBe(409)
      await openGate(own.dir)
      const seen = new Set<string>()
      await until(async () => {
        const answer = await fetch(`${at}/api/enterprise/update-status`, { headers })
        const { update_state: state } = (await answer.json()) as { update_state: string }
        seen.add(state)
        return state === 'success'
      })
      expect(seen.has('idle')).toBe(false)
      expect((await own.look()).version).toBe('1.1.0')
      const version = await fetch(`${at}/api/system/version`)
      await until(async () => {
        const answer = await fetch(`${at}/api/system/version`)
        return ((await answer.json()) as { version: string }).version === '1.1.0'
      })
      expect(version.status).toBe(200)
    },
    { gate: true },
  ))

test('when an appliance installs and goes back then each answers with its end', () =>
  changing(async (at, headers, own) => {
    const post = async (path: string, body: object = {}) => {
      const answer = await fetch(`${at}/api/update/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      return (await answer.json()) as Record<string, unknown>
    }
    await ended(
      at,
      headers,
      () => post('install'),
      (said) =>
        expectShape(said, {
          success: true,
          message: 'Updated app to 1.1.0',
          backup_path: text,
          restart_required: false,
          restart_attempted: true,
          restart_success: true,
          run: expect.stringMatching(/^r-/),
        }),
    )
    expect(await post('install')).toMatchObject({ success: false, run: null })
    const rollback = (body: object) => post('rollback', body)
    expect(await rollback({ backup_name: '../../etc', data: 'keep' })).toMatchObject({ code: 'E_VERSION_NOT_FOUND' })
    expect(await rollback({})).toMatchObject({ status: 400 })
    expect((await own.look()).version).toBe('1.1.0')
    // A migration lies between: what becomes of the data has to be said.
    expect(await rollback({ backup_name: '1.0.0' })).toMatchObject({ code: 'E_DATA_CHOICE' })
    await ended(
      at,
      headers,
      () => rollback({ backup_name: '1.0.0', data: 'restore' }),
      (said) => expect(said).toMatchObject({ success: true }),
    )
    expect((await own.look()).version).toBe('1.0.0')
  }))

test('when HelpDesk installs what was offered then it says what became of it, and not twice', () =>
  changing(async (at, headers, own) => {
    const check = await fetch(`${at}/admin/updates/check/force/`, { method: 'POST', headers })
    const { notification_id: id } = (await check.json()) as { notification_id: number }
    const body = JSON.stringify({ notification_id: id })
    const install = async () => {
      const answer = await fetch(`${at}/admin/updates/install/`, { method: 'POST', headers, body })
      return (await answer.json()) as Record<string, unknown>
    }
    await ended(at, headers, install, (said) =>
      expectShape(said, {
        status: 'success',
        message: text,
        success_count: 0,
        failed_count: 0,
        results: { success: [], failed: [], skipped: [], timestamp: time },
        run: expect.stringMatching(/^r-/),
      }),
    )
    expect((await own.look()).version).toBe('1.1.0')
    expect(await install()).toMatchObject({ status: 'already_installed', run: null })
    const newest = await fetch(`${at}/admin/updates/install/`, { method: 'POST', headers })
    expect(await newest.json()).toMatchObject({ status: 'already_up_to_date', run: null })
  }))
