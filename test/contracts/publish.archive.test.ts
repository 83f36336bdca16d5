// needs: archivers, minisign
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { extract } from '../../src/host/archive/extract.ts'
import { downloadedTo } from '../../src/host/http/download.ts'
import { hashTree } from '../../src/host/tree/hash.ts'
import { never, plain, unheard, workshop } from './publish.world.ts'

/** What `build` and `sign` make, read by the programs that everyone has. */

async function built(prepare: (tree: string) => Promise<unknown>) {
  const shop = await workshop()
  const tree = await shop.tree({ VERSION: '1.0.0', [`${'folder/'.repeat(30)}name`]: 'deep', 'grün/größe': 'ß' })
  await chmod(join(tree, 'VERSION'), 0o755)
  await prepare(tree)
  const job = {
    tree,
    version: '1.0.0',
    channel: 'stable',
    platform: null,
    epochSeconds: 1_700_000_000,
    progress: unheard,
  }
  return { shop, tree, dir: join(shop.dir, 'builds/stable/1.0.0'), report: await shop.publisher.build(job, never()) }
}

test('when tar unpacks a build, then it is the tree that belay unpacks', async () => {
  const { tree, report, shop } = await built(async (root) => {
    await symlink('VERSION', join(root, 'current'))
    await writeFile(join(root, 'zeros'), Buffer.alloc(17 * 1024 * 1024))
    await writeFile(join(root, 'zz-behind-the-first-frame'), randomBytes(1000))
  })
  const [byTar, byBelay] = [join(shop.dir, '../tar'), join(shop.dir, '../belay')]
  await mkdir(byTar)
  execFileSync('tar', ['--zstd', '-xf', report.file, '--strip-components=1', '-C', byTar], {
    env: { ...process.env, LC_ALL: 'C' },
  })
  await extract({ archive: downloadedTo(report.file), format: 'tar.zst', to: byBelay, signal: never() })
  expect((await readFile(report.file)).indexOf(Buffer.from('28b52ffd', 'hex'), 4)).toBeGreaterThan(0)
  expect(await hashTree(byTar)).toBe(await hashTree(tree))
  expect(await hashTree(byBelay)).toBe(await hashTree(tree))
  execFileSync('zstd', ['--test', '--quiet', report.file])
})

test('when a program is compressed by itself, then build names it, lint too, and no other file', async () => {
  const elf = Buffer.from('7f454c46', 'hex')
  const { report, shop } = await built(async (root) => {
    await writeFile(join(root, 'packed'), Buffer.concat([elf, randomBytes(1_200_000)]))
    await writeFile(join(root, 'plain'), Buffer.concat([elf, Buffer.alloc(1_200_000)]))
    await writeFile(join(root, 'picture.jpg'), randomBytes(1_100_000))
  })
  expect(report.packed).toStrictEqual(['packed'])
  await shop.publisher.sign({ ...plain, version: '1.0.0' })
  await shop.publisher.publish(null)
  const { findings } = await shop.publisher.lint()
  expect(findings.filter(({ rule }) => rule === 'packed')).toMatchObject([{ what: expect.stringMatching(/: packed$/) }])
})

test('when a release is signed, then minisign and sha256sum accept it, and another file not', async () => {
  const { shop, dir, report } = await built(() => Promise.resolve())
  await shop.publisher.sign({ ...plain, version: '1.0.0' })
  const key = join(shop.dir, 'keys/minisign.pub')
  const check = (file: string) =>
    execFileSync('minisign', ['-Vm', file, '-p', key], { encoding: 'utf8', stdio: 'pipe' })
  expect(check(report.file)).toMatch(/product:app\tversion:1\.0\.0\tseq:1/)
  expect(check(join(dir, 'SHA256SUMS'))).toContain('Signature and comment signature verified')
  expect(execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dir, encoding: 'utf8' })).toBe(
    'app-1.0.0.tar.zst: OK\n',
  )
  await writeFile(report.file, 'other')
  expect(() => check(report.file)).toThrow()
})
