import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conformanceScene } from './tuf.conformance.ts'
import { isoAt, newKey, roleOf } from './tuf.repository.ts'

/**
 * The entry point for the public tuf-conformance suite, called as the suite calls it: exit codes, requests, and what
 * lies in its two folders. The cases are those of the suite that its own code, and not the workflow's, can get wrong.
 */
test('when it is initialised and refreshed, then the four roles are there byte for byte, under plain names', async () => {
  const at = await conformanceScene()
  expect(await at.init()).toMatchObject({ code: 0 })
  expect(at.requests()).toStrictEqual([])
  expect(await at.roles()).toStrictEqual(['root.json'])
  expect(await at.refresh()).toMatchObject({ code: 0 })
  expect(at.requests()).toStrictEqual(['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json'])
  expect(await at.roles()).toStrictEqual(['root.json', 'snapshot.json', 'targets.json', 'timestamp.json'])
  for (const [file, name] of [
    ['timestamp.json', 'timestamp.json'],
    ['snapshot.json', '1.snapshot.json'],
    ['targets.json', '1.targets.json'],
  ] as const) {
    expect(await readFile(join(at.metadata, file))).toStrictEqual(at.repository.files.get(name))
  }
})

test('when a target is not there, then the metadata is refreshed all the same, and the exit code is 1', async () => {
  const at = await conformanceScene()
  await at.init()
  expect(await at.download('nonexistent artifact')).toMatchObject({
    code: 1,
    said: expect.stringContaining('E_TARGET_UNKNOWN'),
  })
  expect(await at.roles()).toHaveLength(4)
})

test('when targets are downloaded, then each once, and what does not fit its hash never', async () => {
  const at = await conformanceScene()
  at.repository.addArtifact('targets', 'a/b/file.txt', 'content')
  at.repository.addArtifact('targets', 'other.txt', 'other')
  at.repository.publish()
  await at.init()
  expect(await at.download('a/b/file.txt', 'other.txt')).toMatchObject({ code: 0 })
  expect(await readFile(join(at.targets, 'a%2Fb%2Ffile.txt'), 'utf8')).toBe('content')
  const fetched = () => at.server.seen.filter(({ path }) => path.startsWith('/targets/')).length
  expect(fetched()).toBe(2)
  expect(await at.download('a/b/file.txt')).toMatchObject({ code: 0 })
  expect(fetched()).toBe(2)
  at.repository.addArtifact('targets', 'bad.txt', 'good')
  at.repository.publish()
  for (const name of at.repository.artifacts.keys()) at.repository.artifacts.set(name, Buffer.from('evil'))
  expect(await at.download('bad.txt')).toMatchObject({ code: 1, said: expect.stringContaining('E_METADATA_MISMATCH') })
  expect((await readdir(at.targets)).toSorted()).toStrictEqual(['a%2Fb%2Ffile.txt', 'other.txt'])
})

test('when the initial root is not signed, then it asks nobody anything', async () => {
  const at = await conformanceScene()
  await writeFile(at.rootFile, at.repository.publishRoot([newKey()]))
  await at.init()
  expect(await at.refresh()).toMatchObject({ code: 1 })
  expect(at.requests()).toStrictEqual([])
})

test('when root has expired, then it is kept, and nothing behind it', async () => {
  const at = await conformanceScene()
  await at.init()
  await at.refresh()
  at.repository.bodies.root.expires = isoAt(Date.now() - 24 * 3_600_000)
  at.repository.nextRoot()
  at.repository.publish()
  expect(await at.refresh()).toMatchObject({ code: 1, said: expect.stringContaining('E_METADATA_EXPIRED') })
  const version = async (role: string) =>
    JSON.parse(await readFile(join(at.metadata, `${role}.json`), 'utf8')).signed.version
  expect([await version('root'), await version('timestamp')]).toStrictEqual([2, 1])
})

test('when a role has a name like a path, then it is asked for by one name and stored in the folder', async () => {
  const at = await conformanceScene()
  at.repository.delegate({ name: '../delegatedrole', by: 'targets', role: roleOf([newKey()]), paths: ['*'] })
  at.repository.publish()
  await at.init()
  expect(await at.download('nonexistent target')).toMatchObject({ code: 1 })
  expect(at.requests()).toContain('2...%2Fdelegatedrole.json')
  expect(await at.roles()).toHaveLength(5)
})
