import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { tryWriting } from './try-write.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-try-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

test('when a folder can be written, then it is told without leaving anything there', async () => {
  await tryWriting(dir)
  expect(await readdir(dir)).toEqual([])
})

test('when there is no folder, or it is a file, or the kernel owns it, then the system says why', async () => {
  await writeFile(join(dir, 'file'), '')
  await expect(tryWriting(join(dir, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' })
  await expect(tryWriting(join(dir, 'file'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(tryWriting('/proc')).rejects.toThrow()
})
