import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { GivenTree } from './support/github.ts'
import { helpdeskCommits, newer, older, realDiff, treeOf } from './support/helpdesk.ts'
import { published, site, standing } from './support/site.ts'

const protect = ['.env', 'helpdesk/settings.py', 'db.sqlite3', 'manage.py']
const secrets = { '.env': 'SECRET_KEY=mine\n', 'helpdesk/settings.py': 'DEBUG = False\n', 'db.sqlite3': 'rows' }

/** The older commit as it was cloned, with what an administrator has beside it. */
async function helpdesk() {
  const here = await site({ commits: helpdeskCommits(), there: treeOf(older), strategy: { protect } })
  for (const [path, content] of Object.entries(secrets)) writeFileSync(here.at(path), content)
  writeFileSync(here.at('uploads.txt'), 'a file of theirs')
  return here
}

describe('H1: the real trees of HelpDesk', () => {
  test('H1: when the newer commit is installed over the older one, then exactly what changed is fetched and installed', async () => {
    await using here = await helpdesk()
    const before = standing(here.root)
    await here.open(async (belay) => {
      const report = await belay.update('helpdesk')
      expect(report).toMatchObject({ outcome: 'committed', from: 'unknown', to: newer.slice(0, 12) })
    })
    const fetched = here.github.asked.flatMap((one) => (one.startsWith('blob ') ? [one.slice(5)] : []))
    expect(fetched.toSorted()).toEqual(realDiff().map(([, path]) => path))
    expect(here.github.asked.filter((one) => !one.startsWith('blob '))).toEqual(['commits', 'tree', 'tree'])
    const wanted = new Map(published(treeOf(newer)))
    for (const path of ['uploads.txt', ...Object.keys(secrets)]) wanted.set(path, before.get(path) ?? '')
    expect(standing(here.root)).toEqual(wanted)
  })

  test('H3: when requirements.txt is UTF-16 with CR LF, then it is not touched by a byte, in a tree with CR LF too', async () => {
    await using here = await site({
      commits: helpdeskCommits(),
      there: withCrlf(treeOf(older)),
      strategy: { protect, local_edits: 'refuse' },
    })
    const utf16 = readFileSync(join(import.meta.dirname, '../../fixtures/helpdesk/requirements.utf16.txt'))
    await here.open(async (belay) => {
      const planned = await belay.plan('helpdesk')
      expect('plan' in planned && planned.plan.steps.find(({ kind }) => kind === 'fetch-files')?.detail).toBe(
        '21 files',
      )
      expect((await belay.update('helpdesk')).outcome).toBe('committed')
    })
    expect(readFileSync(here.at('requirements.txt'))).toEqual(utf16)
    expect(readFileSync(here.at('apps/main/urls.py'), 'latin1')).toMatch(/\r\n/)
    expect(readFileSync(here.at('templates/admin/user_edit.html'), 'latin1')).not.toMatch(/[^\r]\n/)
  })

  test('H1: when everything is rolled back, then the older tree is there again, from the backups alone', async () => {
    await using here = await helpdesk()
    const before = standing(here.root)
    await here.open(async (belay) => {
      await belay.update('helpdesk')
      here.github.asked.length = 0
      expect((await belay.rollback('helpdesk')).outcome).toBe('committed')
      expect(here.github.asked).toEqual([])
    })
    expect(standing(here.root)).toEqual(before)
  })

  test('when nothing is installed yet, then all of it comes in three requests', async () => {
    await using here = await site({ commits: helpdeskCommits(), strategy: { protect } })
    await here.open((belay) => belay.update('helpdesk'))
    expect(here.github.asked).toEqual(['commits', 'tree', 'archive'])
    const wanted = new Map(published(treeOf(newer)))
    for (const path of ['helpdesk/settings.py', 'db.sqlite3', 'manage.py']) wanted.delete(path)
    expect(standing(here.root)).toEqual(wanted)
  })
})

describe('H4: a check', () => {
  test('H4: when it is made, then it costs one request, or two where nothing is known of the tree', async () => {
    await using here = await helpdesk()
    await here.open(async (belay) => {
      await belay.check({ force: true })
      expect(here.github.asked).toEqual(['commits', 'tree'])
      await belay.update('helpdesk')
      here.github.asked.length = 0
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({
        relation: 'current',
        update_available: false,
      })
      await belay.check()
      expect(here.github.asked).toEqual(['commits'])
    })
  })

  test.each([
    ['the quota is spent', 403, 'E_RATE_LIMITED'],
    ['the repository is not there', 404, 'E_NOT_FOUND'],
    ['the server has a fault', 500, 'E_HTTP_STATUS'],
  ])('H4: when %s, then that is an error, and never "up to date"', async (_, status, code) => {
    await using here = await helpdesk()
    here.github.fault = (_request, response) => {
      response
        .writeHead(status, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '4102444800' })
        .end('{"message":"no"}')
      return true
    }
    await here.open(async (belay) => {
      expect((await belay.check({ force: true }))['helpdesk']).toMatchObject({
        update_available: false,
        relation: 'unknown',
        error: { code, hint: expect.any(String) },
      })
    })
  })
})

/** As git for Windows would have checked it out. */
function withCrlf(tree: GivenTree): GivenTree {
  return new Map(
    [...tree].map(([path, file]) => {
      const isText = !file.content.includes(0)
      const content = Buffer.from(file.content.toString('latin1').replaceAll('\n', '\r\n'), 'latin1')
      return [path, isText ? { ...file, content } : file]
    }),
  )
}
