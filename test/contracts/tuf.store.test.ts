import { readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problemOf } from '../../src/core/model/problem.ts'
import { noMemory } from '../../src/core/trust/tuf/memory.ts'
import { metadataFileName, openTrustStore } from '../../src/host/trust/store.ts'
import { TestRepository } from './tuf.repository.ts'
import { diskClient, temporaryFolder } from './tuf.server.ts'

/** Damage on disk, A7-30: what was refused before it is refused after it. */
const nowMs = Date.UTC(2027, 0, 1)

async function scene() {
  const repository = new TestRepository(nowMs)
  const client = await diskClient(repository, nowMs)
  await client.refresh()
  const old = new Map(repository.files)
  repository.publish()
  await client.refresh()
  const at = (name: string) => join(client.dir, 'trust', name)
  /** The server shows yesterday again. */
  const rollBack = () => {
    for (const name of repository.files.keys()) repository.files.delete(name)
    for (const [name, bytes] of old) repository.files.set(name, bytes)
  }
  return { repository, client, at, rollBack }
}

type Damage = (path: string) => Promise<void>
const damages: readonly (readonly [string, Damage])[] = [
  ['is empty', (path) => truncate(path, 0)],
  ['ends in the middle', async (path) => truncate(path, Math.floor((await readFile(path)).length / 2))],
  ['is full of zeros', async (path) => writeFile(path, Buffer.alloc((await readFile(path)).length))],
  ['is gone', (path) => rm(path)],
]

const names = ['timestamp.json', 'snapshot.json', 'targets.json', 'memory.a', 'memory.b']
const cases = names.flatMap((name) => damages.map(([what, damage]) => [name, what, damage] as const))

test.each(cases)(
  'A7-30: when %s %s, then an older state is still refused, and the true one found',
  async (name, _, damage) => {
    const { client, at, rollBack, repository } = await scene()
    await damage(at(name))
    const now = new Map(repository.files)
    rollBack()
    await expect(client.refresh()).rejects.toMatchObject({ problem: { code: 'E_METADATA_ROLLBACK' } })
    for (const [file, bytes] of now) repository.files.set(file, bytes)
    expect((await client.refresh()).timestamp.signed.version).toBe(2)
  },
)

test('A7-30: when a torn root.json is found, then the one before it leads to it again', async () => {
  const { client, at, repository } = await scene()
  repository.nextRoot()
  repository.nextRoot()
  await client.refresh()
  await truncate(at('root.json'), 100)
  expect((await client.refresh()).root.signed.version).toBe(3)
  repository.files.delete('3.root.json')
  await truncate(at('root.json'), 100)
  await expect(client.refresh()).rejects.toMatchObject({ problem: { code: 'E_METADATA_ROLLBACK' } })
})

test('A7-30: when both copies of the memory are damaged, then that is an error and never no memory', async () => {
  const { client, at } = await scene()
  await truncate(at('memory.a'), 10)
  await rm(at('memory.b'))
  await expect(client.refresh()).rejects.toMatchObject({
    problem: { code: 'E_METADATA_MEMORY', hint: expect.stringContaining('remove it') },
  })
  await rm(at('memory.a'))
  await expect(client.refresh()).rejects.toMatchObject({ problem: { code: 'E_METADATA_MEMORY' } })
})

test('when two processes ask at once, then the later to write is told, and nothing goes back', async () => {
  const dir = await temporaryFolder()
  const [one, two] = [await openTrustStore(dir), await openTrustStore(dir)]
  await one.memory()
  await two.memory()
  await one.keep('timestamp', Buffer.from('{}'), { ...noMemory, root: 2 })
  await expect(two.keep('timestamp', Buffer.from('{}'), noMemory)).rejects.toMatchObject({
    problem: { code: 'E_CONFLICT', retryable: true },
  })
  expect((await two.memory())?.root).toBe(2)
})

test('when two processes write at the same moment, then each is done or told so, and nothing is lost', async () => {
  const dir = await temporaryFolder()
  const write = async (root: number): Promise<void> => {
    const store = await openTrustStore(dir)
    await store.memory()
    await store.keep('timestamp', Buffer.from('{}'), { ...noMemory, root })
  }
  for (let root = 1; root <= 20; root++) {
    const outcomes = await Promise.allSettled([write(root), write(root)])
    const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [problemOf(outcome.reason)] : []))
    expect(refused.map(({ code }) => code).filter((code) => code !== 'E_CONFLICT')).toStrictEqual([])
    expect(refused.length).toBeLessThan(2)
    expect((await (await openTrustStore(dir)).memory())?.root).toBe(root)
  }
})

test('when a role has any name, then its file is one of the folder, and no other role’s', () => {
  const roles = ['root', 'Root', '../root', '/root', 'r%6fot', 'a.b', 'ü', 'memory.a', 'x'.repeat(300)]
  const files = roles.map(metadataFileName)
  expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(roles.length)
  for (const name of files) expect(name).toMatch(/^[a-z0-9_%-]{1,190}\.json$/)
  expect(metadataFileName('root')).toBe('root.json')
})
