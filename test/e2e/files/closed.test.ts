// needs: users
import { execFile } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { commitOf, published, site, standing, type Site } from './support/site.ts'

/** A tree whose folders belong to somebody else: belay runs as a user who may write some files in it, and no folder. */
const agent = fileURLToPath(new URL('../containers/support/agent.ts', import.meta.url))
const nobody = 65534

const [older, newer, larger] = [
  commitOf({ 'app/main.py': 'one\n', 'app/settings.py': 'same\n' }),
  commitOf({ 'app/main.py': 'two\n', 'app/settings.py': 'same\n' }),
  commitOf({ 'app/main.py': 'two\n', 'app/settings.py': 'same\n', 'app/more.py': 'new\n' }),
]

function asNobody({ dir, state }: Site, command: string): Promise<string> {
  const words = [process.execPath, agent, join(dir, 'belay.json'), state, 'helpdesk', command]
  const wrap = [`--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups']
  return new Promise((resolve) => {
    const env = { ...process.env, HOME: dir }
    execFile('setpriv', [...wrap, ...words], { env, timeout: 240_000 }, (_, stdout, stderr) => resolve(stdout + stderr))
  })
}

async function closed(): Promise<Site> {
  const here = await site({ commits: [newer, older], there: older.tree })
  writeFileSync(join(here.dir, 'belay.json'), JSON.stringify(here.config))
  mkdirSync(here.state, { mode: 0o700 })
  chownSync(here.state, nobody, nobody)
  chmodSync(here.dir, 0o755)
  chmodSync(here.at('app/main.py'), 0o666)
  return here
}

test('when only the file itself may be written, then it is updated and rolled back, and what it was is kept elsewhere', async () => {
  await using here = await closed()
  expect(await asNobody(here, `update ${newer.id}`)).toContain('"outcome":"committed"')
  expect(readFileSync(here.at('app/main.py'), 'utf8')).toBe('two\n')
  expect(readdirSync(here.root)).toEqual(['app'])
  expect(readdirSync(join(here.state, 'backups/helpdesk/files'))).toHaveLength(1)
  expect(await asNobody(here, 'rollback')).toContain('"outcome":"committed"')
  expect(readFileSync(here.at('app/main.py'), 'utf8')).toBe('one\n')
})

test('when something cannot be written at all, then that is said before anything starts', async () => {
  await using here = await closed()
  here.github.commits.unshift(larger)
  const before = standing(here.root)
  const said = await asNobody(here, `update ${larger.id}`)
  expect(said).toMatch(/PROBLEM .*E_PERMISSION.*app\/more\.py/)
  expect(standing(here.root)).toEqual(before)
  expect(published(older.tree).get('app/settings.py')).toBe(before.get('app/settings.py'))
})
