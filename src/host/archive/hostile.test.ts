import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { forgeHeader, makeTar, makeZip, room, type TarEntry, type ZipEntry } from './testing.ts'

const file = (name: string): TarEntry => ({ name, content: 'evil' })
const plain = file('app/plain')

const hostileTars: readonly (readonly [string, readonly TarEntry[]])[] = [
  ['an absolute name', [file('/etc/belay-test')]],
  ['a way out', [file('app/../../outside')]],
  ['a way out that comes back', [file('app/../app/x')]],
  ['a backslash', [file('app\\..\\outside')]],
  ['a drive letter', [file('C:/outside')]],
  ['a line break', [file('app/a\nb')]],
  ['a terminal escape', [file('app/\u001b[2J')]],
  ['a turned reading direction', [file('app/\u202egpj.exe')]],
  ['a name twice', [file('app/x'), file('app/x')]],
  ['names that differ in case', [file('app/Readme'), file('app/README')]],
  ['folders that differ in case', [file('app/Lib/a'), file('app/lib/b')]],
  ['names that differ in composition', [file('app/\u00e9'), file('app/e\u0301')]],
  ['a file used as a folder', [file('app/x'), file('app/x/y')]],
  ['a folder used as a file', [file('app/x/y'), file('app/x')]],
  ['a link used as a folder', [plain, { name: 'app/l', type: 'symlink', linkname: 'plain' }, file('app/l/x')]],
  ['a link to an absolute path', [plain, { name: 'app/l', type: 'symlink', linkname: '/etc/passwd' }]],
  ['a link out', [plain, { name: 'app/l', type: 'symlink', linkname: '../../outside' }]],
  ['a link out of the folder that is stripped', [plain, { name: 'app/l', type: 'symlink', linkname: '../outside' }]],
  [
    'a link out by way of another',
    [
      plain,
      { name: 'app/deep/up', type: 'symlink', linkname: '..' },
      { name: 'app/deep/out', type: 'symlink', linkname: 'up/../outside' },
    ],
  ],
  [
    'links in a circle',
    [plain, { name: 'app/a', type: 'symlink', linkname: 'b' }, { name: 'app/b', type: 'symlink', linkname: 'a' }],
  ],
  ['a hard link out', [plain, { name: 'app/h', type: 'link', linkname: '../outside' }]],
  ['a hard link to an absolute path', [plain, { name: 'app/h', type: 'link', linkname: '/etc/passwd' }]],
  ['a hard link that spells a file another way', [file('a'), { name: 'h', type: 'link', linkname: 'A' }]],
  ['a hard link to nothing', [plain, { name: 'app/h', type: 'link', linkname: 'app/gone' }]],
  [
    'a hard link to a link',
    [plain, { name: 'app/l', type: 'symlink', linkname: 'plain' }, { name: 'app/h', type: 'link', linkname: 'app/l' }],
  ],
  ['a character device', [plain, { name: 'app/d', type: 'character-device', devmajor: 1, devminor: 3 }]],
  ['a block device', [plain, { name: 'app/d', type: 'block-device', devmajor: 8, devminor: 0 }]],
  ['a named pipe', [plain, { name: 'app/p', type: 'fifo' }]],
  ['a segment that is too long', [file(`app/${'x'.repeat(256)}`)]],
  ['a path that is too long', [file(`${'x/'.repeat(30)}${`${'y'.repeat(200)}/`.repeat(5)}z`)]],
  ['a path that is too deep', [file(`${'x/'.repeat(64)}y`)]],
]

test.each(hostileTars)('D4: when a tar holds %s, then it is refused and nothing lies outside', async (_, entries) => {
  await using here = await room()
  const bytes = gzipSync(await makeTar(entries))

  const { code, message } = await here.refusal(bytes, { format: 'tar.gz' })

  expect(code).toBe('E_ARCHIVE_HOSTILE')
  expect(message).toMatch(/^The archive entry "/)
  expect(readdirSync(here.dir).toSorted()).toStrictEqual(['archive', 'to'])
  expect(existsSync('/etc/belay-test')).toBe(false)
})

const link = 0o120777
const hostileZips: readonly (readonly [string, readonly ZipEntry[]])[] = [
  ['an absolute name', [{ name: '/etc/belay-test', content: 'evil' }]],
  ['a way out', [{ name: '../outside', content: 'evil' }]],
  ['a backslash', [{ name: '..\\outside', content: 'evil' }]],
  ['a name twice', [{ name: 'x' }, { name: 'x' }]],
  ['a link out', [{ name: 'x' }, { name: 'l', content: '../outside', mode: link }]],
  [
    'a link used as a folder',
    [
      { name: 'l', content: '.', mode: link },
      { name: 'l/x', content: 'evil' },
    ],
  ],
  ['a device', [{ name: 'd', mode: 0o020666 }]],
  ['a named pipe', [{ name: 'p', mode: 0o010666 }]],
]

test.each(hostileZips)('D4: when a zip holds %s, then it is refused and nothing lies outside', async (_, entries) => {
  await using here = await room()

  const { code } = await here.refusal(makeZip(entries), { format: 'zip' })

  expect(code).toBe('E_ARCHIVE_HOSTILE')
  expect(readdirSync(here.dir).toSorted()).toStrictEqual(['archive', 'to'])
})

test('when the entries of a zip share their data, then it is refused', async () => {
  await using here = await room()
  const content = Buffer.alloc(4096, 'x')
  const bytes = makeZip([{ name: 'a', content }, { name: 'b' }])
  const second = bytes.lastIndexOf('504b0102', undefined, 'hex')
  bytes.writeUInt32LE(crc32(content), second + 16)
  bytes.writeUInt32LE(content.length, second + 20)
  bytes.writeUInt32LE(content.length, second + 24)
  bytes.writeUInt32LE(0, second + 42)

  const { code, message } = await here.refusal(bytes)

  expect({ code, message }).toStrictEqual({
    code: 'E_ARCHIVE_HOSTILE',
    message: 'The archive entry "b" overlaps with others.',
  })
})

test('when an archive expands too far, then it is refused long before it is all written', async () => {
  await using here = await room()
  const bomb = gzipSync(await makeTar([{ name: 'app/zeros', content: Buffer.alloc(8 * 1024 * 1024) }]))

  const { code, message } = await here.refusal(bomb, { limits: { ratioFromBytes: 1024 * 1024 } })

  expect({ code, message }).toStrictEqual({
    code: 'E_ARCHIVE_HOSTILE',
    message: 'The archive expands to more than 200 times its size.',
  })
})

test('when a zip expands too far, then it is refused by what it states', async () => {
  await using here = await room()
  const bomb = makeZip([{ name: 'zeros', content: Buffer.alloc(2 * 1024 * 1024), method: 'deflated' }])

  const { code } = await here.refusal(bomb, { limits: { ratioFromBytes: 1024 * 1024 } })

  expect(code).toBe('E_ARCHIVE_HOSTILE')
  expect(readdirSync(here.to)).toStrictEqual([])
})

test('when there is more than the limits allow, then it is too large', async () => {
  await using here = await room()
  const bytes = await makeTar([file('a'), file('b'), file('c')])
  const codes: string[] = []
  for (const limits of [{ entriesMax: 2 }, { totalBytesMax: 700 }, { namesBytesMax: 2 }]) {
    codes.push((await here.refusal(bytes, { limits, to: join(here.dir, `to${codes.length}`) })).code)
  }

  expect(codes).toStrictEqual(['E_ARCHIVE_TOO_LARGE', 'E_ARCHIVE_TOO_LARGE', 'E_ARCHIVE_TOO_LARGE'])
})

test('when an entry states a size beyond the limit, then no byte of it is written', async () => {
  await using here = await room()
  const bytes = forgeHeader(await makeTar([file('big')]), 0, (header) => header.write('77777777777', 124, 'latin1'))

  const { code } = await here.refusal(bytes, { limits: { totalBytesMax: 1024 * 1024 } })

  expect(code).toBe('E_ARCHIVE_TOO_LARGE')
  expect(readdirSync(here.to)).toStrictEqual([])
})

test('when an entry is of a kind that tar itself gave up, then it is refused', async () => {
  await using here = await room()
  const bytes = forgeHeader(await makeTar([file('app/x')]), 0, (header) => header.write('S', 156, 'latin1'))

  expect((await here.refusal(bytes)).code).toBe('E_ARCHIVE_HOSTILE')
})

test('when an entry is a sparse file, then it is refused', async () => {
  await using here = await room()
  const bytes = await makeTar([{ ...file('app/x'), pax: { 'GNU.sparse.major': '1' } }])

  expect((await here.refusal(bytes)).code).toBe('E_ARCHIVE_FORMAT')
})

test('when a name is not UTF-8, then it is refused rather than changed', async () => {
  await using here = await room()
  const bytes = forgeHeader(await makeTar([file('app/xx')]), 0, (header) => header.write('\xe9', 4, 'latin1'))

  expect((await here.refusal(bytes)).code).toBe('E_ARCHIVE_HOSTILE')
})
