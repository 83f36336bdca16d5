import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { choose, formatTrial, parseTrial, type Trial } from '../../core/self/trial.ts'
import { type Room, room } from '../tree/testing.ts'
import { runIdSchema } from '../../core/model/names.ts'
import { ensureLauncher, installLauncher } from './launcher.ts'

const execute = promisify(execFile)

/** Two versions whose Node is a shell that tells which one was started, and with what. */
async function twoVersions(here: Room): Promise<Trial> {
  for (const version of ['old one', 'new one']) {
    here.plant({ [`${version}/node`]: `#!/bin/sh\nprintf '%s|' "${version}" "$@"\n`, [`${version}/belay.js`]: 'x' })
    chmodSync(here.at(`${version}/node`), 0o755)
  }
  const of = (version: string) => ({ node: here.at(`${version}/node`), file: here.at(`${version}/belay.js`) })
  await mkdir(here.at('state'), { recursive: true })
  await installLauncher(here.at('state'))
  const run = runIdSchema.parse('r-0000000a')
  return { run, previous: of('old one'), candidate: of('new one'), tries: 3, confirmed: false }
}

async function put(here: Room, trial: Trial): Promise<void> {
  await mkdir(here.at('state/self'), { recursive: true })
  await writeFile(here.at('state/self/trial'), formatTrial(trial) ?? '')
}

async function launch(here: Room, { candidate }: Trial, role: 'agent' | 'resume'): Promise<readonly string[]> {
  const words = [here.at('state/launch'), role, candidate.node, candidate.file, 'a word', '$HOME', '']
  const { stdout } = await execute('/bin/sh', words)
  return stdout.split('|')
}

test('when a version is on trial, then the launcher starts what the counter says, and writes what it says', async () => {
  await using here = await room()
  const base = await twoVersions(here)
  for (const tries of [0, 1, 3, 12]) {
    for (const confirmed of [false, true]) {
      for (const role of ['agent', 'resume'] as const) {
        const trial = { ...base, tries, confirmed }
        await put(here, trial)
        const { start, trial: after } = choose(trial, role)
        const [started, program, ...words] = await launch(here, trial, role)
        const of = start === 'candidate' ? 'new one' : 'old one'
        expect([started, program], `${tries} ${confirmed} ${role}`).toEqual([of, here.at(`${of}/belay.js`)])
        expect(words).toEqual(['a word', '$HOME', '', ''])
        expect(parseTrial(readFileSync(here.at('state/self/trial'), 'utf8'))).toEqual(after)
      }
    }
  }
})

test('when nothing is on trial, or the record was cut off, then what it is told to start is started', async () => {
  await using here = await room()
  const trial = await twoVersions(here)
  expect((await launch(here, trial, 'resume'))[0]).toBe('new one')
  const text = formatTrial({ ...trial, tries: 0 }) ?? ''
  await put(here, trial)
  await writeFile(here.at('state/self/trial'), text.slice(0, text.indexOf('tries')))
  expect((await launch(here, trial, 'agent'))[0]).toBe('new one')
})

test('when the new version is gone, then the one before is started', async () => {
  await using here = await room()
  const trial = await twoVersions(here)
  await put(here, trial)
  await rm(here.at('new one'), { recursive: true })
  expect((await launch(here, trial, 'agent'))[0]).toBe('old one')
})

test('when the one before is gone, then the new one is what there is', async () => {
  await using here = await room()
  const trial = { ...(await twoVersions(here)), tries: 0 }
  await put(here, trial)
  await rm(here.at('old one'), { recursive: true })
  expect((await launch(here, trial, 'agent'))[0]).toBe('new one')
})

test('when there is a launcher, then an update leaves it alone, and it is its owner’s', async () => {
  await using here = await room()
  await mkdir(here.at('state'), { recursive: true })
  await ensureLauncher(here.at('state'))
  expect(statSync(here.at('state/launch')).mode & 0o777).toBe(0o700)
  await writeFile(here.at('state/launch'), 'older')
  await ensureLauncher(here.at('state'))
  expect(readFileSync(here.at('state/launch'), 'utf8')).toBe('older')
  expect(existsSync(here.at('state/self'))).toBe(false)
})
