import { writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
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
    const wanted = new Map([...published(treeOf(newer))])
    for (const path of ['uploads.txt', ...Object.keys(secrets)]) wanted.set(path, before.get(path) ?? '')
    expect(new Map([...standing(here.root)].toSorted())).toEqual(new Map([...wanted].toSorted()))
  })
})
