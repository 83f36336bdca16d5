import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { seeded, whole } from '../../crash/support/sample.ts'
import { helpdeskCommits, newer, older, treeOf } from './support/helpdesk.ts'
import { site, standing } from './support/site.ts'

/**
 * SIGKILL at an append of the journal, before it and after it, of an update between the two real trees of HelpDesk.
 * `BELAY_CRASH=all` runs all of them; else a sample, whose seed `npm test` prints. Kills inside the file transaction are
 * its own tests' subject.
 */
const sampled = 4
const agent = fileURLToPath(new URL('../containers/support/agent.ts', import.meta.url))
const protect = ['.env', 'helpdesk/settings.py', 'db.sqlite3', 'manage.py']

async function installed() {
  const here = await site({ commits: helpdeskCommits(), there: treeOf(older), strategy: { protect } })
  writeFileSync(join(here.dir, 'belay.json'), JSON.stringify(here.config))
  return here
}

/** The engine in a process of its own; resolves with what it said and how it ended. */
function engine(dir: string, state: string, kill: string): Promise<{ code: number | null; said: string }> {
  const words = [agent, join(dir, 'belay.json'), state, 'helpdesk', `update ${newer.slice(0, 12)}`, kill]
  return new Promise((resolve) => {
    const child = execFile(process.execPath, words, { timeout: 240_000 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, said: `${stdout}${stderr}` }),
    )
  })
}

describe('H5: when the process is killed at a record of its journal', () => {
  test('H5: then resume ends the update of HelpDesk all old or all new', {
    timeout: whole ? 7_200_000 : 300_000,
  }, async () => {
    await using first = await installed()
    const old = standing(first.root)
    const ended = await engine(first.dir, first.state, 'never')
    expect(ended.said).toContain('"outcome":"committed"')
    const fresh = standing(first.root)
    expect(fresh).not.toEqual(old)
    const appends = Number(/APPENDS (\d+)/.exec(ended.said)?.[1] ?? 0)
    expect(appends).toBeGreaterThan(6)
    const points = Array.from({ length: appends }, (_, i) => [`before:${i + 1}`, `after:${i + 1}`]).flat()
    for (const kill of seeded(points, sampled, 'files helpdesk')) {
      await using here = await installed()
      const killed = await engine(here.dir, here.state, kill)
      expect(killed.code, `${kill}: ${killed.said}`).toBeNull()
      const outcome = await here.open(async (belay) => (await belay.resume())[0]?.outcome)
      // Nothing to resume: it died before the run was opened, or after it was closed.
      const allowed = outcome === undefined ? [old, fresh] : outcome === 'committed' ? [fresh] : [old]
      expect(allowed, kill).toContainEqual(standing(here.root))
      const version = standing(here.root).get('apps/main/urls.py') === fresh.get('apps/main/urls.py') ? newer : null
      expect(await here.open((belay) => belay.versions()), kill).toEqual({
        helpdesk: version?.slice(0, 12) ?? 'unknown',
      })
    }
  })
})
