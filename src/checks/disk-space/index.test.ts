import { mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ask, stepOf } from '../../host/check-context.fixture.ts'
import { diskSpaceCheck } from './index.ts'

const mebibyte = 1024 * 1024
const check = diskSpaceCheck()

test('D7: when there is less room than needed on the file system of the target then it fails with what it saw', async () => {
  const result = await ask(check, { minimum_mb: 1e9 }, { step: stepOf({ paths: [tmpdir()] }) })
  expect(result).toMatchObject({ ok: false, problem: { code: 'E_CHECK_FAILED', facts: { needed_mb: 1e9 } } })
})

test('D7: when the update needs more than the minimum then that counts', async () => {
  const context = { step: stepOf({ paths: [tmpdir()], needBytes: 5e8 * mebibyte }) }
  expect(await ask(check, { minimum_mb: 1 }, context)).toMatchObject({
    ok: false,
    problem: { facts: { needed_mb: 5e8 } },
  })
})

test('D7: when the target lies on another file system than / then that one is looked at', async () => {
  const shm = await stat('/dev/shm').catch(() => null)
  const place = shm !== null && shm.dev !== (await stat('/')).dev ? '/dev/shm' : tmpdir()
  const dir = await mkdtemp(join(place, 'belay-disk-'))
  try {
    const result = await ask(check, { minimum_mb: 1 }, { step: stepOf({ paths: [join(dir, 'not/there/yet')] }) })
    const { bavail, bsize } = await statfs(dir)
    const [seen] = result.ok ? (result.facts['places'] as { path: string; free_mb: number }[]) : []
    expect(seen?.path).toBe(dir)
    expect(Math.abs((seen?.free_mb ?? 0) - (bavail * bsize) / mebibyte)).toBeLessThan(500)
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('when a path is configured then it is looked at instead, and with none at all it fails', async () => {
  expect(await ask(check, { path: '/' }, { step: stepOf({ paths: [tmpdir()] }) })).toMatchObject({
    facts: { places: [{ path: '/' }] },
  })
  expect(await ask(check, { minimum_mb: 1 })).toMatchObject({ ok: false })
})

test('when a manifest describes it then the description is accepted, and other keys are not', () => {
  expect(check.config.safeParse({ type: 'disk_space', minimum_mb: 500, description: 'x' }).success).toBe(true)
  expect(check.config.safeParse({ type: 'disk_space', minimum_gb: 1 }).success).toBe(false)
})
