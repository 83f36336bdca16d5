import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { jobEnvironment } from './environment.ts'

let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-job-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const me = { home: '/home/me', root: false }

test('when a person’s programs are found in a folder of theirs then the timed run finds them too', async () => {
  const own = join(dir, 'bin')
  await mkdir(own)
  const { environment } = await jobEnvironment({ PATH: `${own}:.:relative:/nowhere-at-all:/usr/bin:${own}` }, me)
  expect(environment).toEqual({ PATH: `${own}:/usr/bin`, HOME: '/home/me' })
})

test('when root installs it then no folder that others may write is searched for programs', async () => {
  if (process.getuid?.() !== 0) return
  const open = join(dir, 'open')
  await mkdir(open)
  await chmod(open, 0o777)
  const { environment } = await jobEnvironment({ PATH: `${open}:/usr/bin` }, { home: '/root', root: true })
  expect(environment['PATH']).toBe('/usr/bin')
})

test('when a variable holds a password then it is not written down, and that is said', async () => {
  const own = {
    https_proxy: 'http://user:secret@proxy:3128',
    HTTPS_PROXY: 'http://proxy:3128',
    GITHUB_TOKEN: 'x',
    NO_PROXY: 'a"b',
  }
  const { environment, notes } = await jobEnvironment(own, me)
  expect(environment).toMatchObject({ HTTPS_PROXY: 'http://proxy:3128', PATH: expect.stringContaining('/usr/bin') })
  expect(Object.keys(environment)).toEqual(['PATH', 'HOME', 'HTTPS_PROXY'])
  expect(notes).toEqual([
    'https_proxy holds a password, so it is not written down: the timed run goes without it.',
    'NO_PROXY has a character that cannot be written there, so it is not written down: the timed run goes without it.',
  ])
  expect(JSON.stringify(notes)).not.toContain('secret')
})
