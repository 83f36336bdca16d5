import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ask, stepOf } from '../../host/check-context.fixture.ts'
import { permissionsCheck } from './index.ts'

const check = permissionsCheck()
let dir = ''
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-permissions-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('when the places can be written then it passes and leaves nothing behind', async () => {
  await writeFile(join(dir, 'file'), '')
  const paths = [dir, join(dir, 'not/there'), join(dir, 'file')]
  expect(await ask(check, {}, { step: stepOf({ paths }) })).toMatchObject({ ok: true, facts: { paths } })
  expect(await readdir(dir)).toEqual(['file'])
})

test('when a place cannot be written then it fails and names it, also for root where mode bits say yes', async () => {
  const closed = process.getuid?.() === 0 ? '/sys' : join(dir, 'closed')
  if (closed !== '/sys') {
    await mkdir(closed)
    await chmod(closed, 0o500)
  }
  const result = await ask(check, {}, { step: stepOf({ paths: [dir, closed] }) })
  expect(result).toMatchObject({ ok: false, problem: { facts: { refused: [{ path: closed }] } } })
})

test('when there is no place to look at then it fails', async () => {
  expect(await ask(check, {})).toMatchObject({ ok: false })
})
