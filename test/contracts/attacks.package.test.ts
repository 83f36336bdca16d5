import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { problemOf } from '../../src/core/model/problem.ts'
import { makeTar, type TarEntry } from '../../src/host/archive/testing.ts'
import { signedScene } from './bundle.scene.ts'
import { versionArchive } from './version-archive.ts'

/** Packages that the right key has signed, and that are bad all the same: the whole way, with a version that runs. */

const version: TarEntry = { name: 'VERSION', content: '1.1.0' }
const file = (name: string): TarEntry => ({ name, content: 'evil' })
const hostile: readonly (readonly [string, readonly TarEntry[]])[] = [
  ['a way out of its folder', [file('../outside')]],
  ['an absolute name', [file('/tmp/belay-attack')]],
  ['a link that a later file is written through', [{ name: 'l', type: 'symlink', linkname: '..' }, file('l/outside')]],
  ['a hard link to a file outside', [{ name: 'h', type: 'link', linkname: '../outside' }]],
  ['names that are one where case counts not', [file('Readme'), file('README')]],
  ['names that are one in another composition', [file('\u00e9'), file('e\u0301')]],
  ['two files of one name', [file('x'), file('x')]],
  ['a name of 256 bytes', [file('x'.repeat(256))]],
  ['a device', [{ name: 'd', type: 'character-device', devmajor: 1, devminor: 3 }]],
]

test('A7-31: when a signed archive holds what would leave its folder, then it is refused with the entry, and the old version runs', async () => {
  const { repository, belay, running, dir } = await signedScene()
  for (const [i, [what, entries]] of hostile.entries()) {
    const fields = { product: 'app', channel: 'stable', version: `1.1.${i}`, seq: i + 2 }
    const bytes = gzipSync(await makeTar([version, ...entries]))
    repository.addArtifact('app-stable', `app/stable/app-1.1.${i}.tar.gz`, bytes, fields)
    repository.publish()
    const report = await belay.update('app')
    expect(report, what).toMatchObject({
      outcome: 'failed',
      problem: { code: 'E_ARCHIVE_HOSTILE', message: expect.stringMatching(/^The archive entry "/) },
    })
    expect(await running()).toBe('1.0.0')
  }
  expect((await readdir(join(dir, 'app/releases'))).toSorted()).toStrictEqual(['1.0.0'])
  expect(await readdir(dir)).not.toContain('outside')
})

test('A7-32: when the hash of a signed file is right and its length is not, then it is refused, and the old version runs', async () => {
  for (const more of [1, -1]) {
    const { repository, release, belay, running } = await signedScene()
    await release('1.1.0', 2)
    const entry = repository.targetsOf('app-stable').targets['app/stable/app-1.1.0.tar.gz']
    if (entry === undefined) throw new Error('no target')
    entry.length = (await versionArchive('1.1.0')).length + more
    repository.publish()
    const refused = await belay.update('app').then(
      ({ outcome, problem }) => (outcome === 'failed' ? problem : null),
      (error: unknown) => problemOf(error),
    )
    expect(refused).toMatchObject({ code: 'E_CHECKSUM_MISMATCH', hint: expect.any(String) })
    expect(refused?.message).toContain(String(entry.length))
    expect(await running()).toBe('1.0.0')
  }
})
