import { execFileSync } from 'node:child_process'
import { statfsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseMountInfo } from './mounts.ts'
import { freeBytes, isMountPoint, isWritableDir, sameFilesystem } from './places.ts'
import { mayMount, room } from './testing.ts'

const whereMounts = test.runIf(mayMount())

test('when a folder is not there yet, then its space is that of the nearest parent', async () => {
  await using here = await room()

  const free = freeBytes(here.at('not/yet/there'))

  const { bavail, bsize } = statfsSync(here.dir)
  // Others write to the same disk meanwhile.
  expect(Math.abs(free - bavail * bsize)).toBeLessThan(bavail * bsize * 0.1 + 1)
})

test('when two places are on one mount, then a rename works, also for names that are not there yet', async () => {
  await using here = await room()
  here.plant({ 'a/': '' })

  expect(sameFilesystem(here.at('a'), here.at('b/c'))).toBe(true)
  expect(sameFilesystem(here.dir, '/proc')).toBe(false)
})

whereMounts('when the same disk is mounted twice, then a rename between the two does not work', async () => {
  await using here = await room()
  here.plant({ 'real/': '', 'bound here/': '' })
  execFileSync('mount', ['--bind', here.at('real'), here.at('bound here')])
  try {
    expect(isMountPoint(here.at('bound here'))).toBe(true)
    expect(isMountPoint(here.at('real'))).toBe(false)
    expect(sameFilesystem(here.at('real/x'), here.at('bound here/y'))).toBe(false)
  } finally {
    execFileSync('umount', [here.at('bound here')])
  }
})

test('when something is mounted or not, then it says so', () => {
  expect(isMountPoint('/')).toBe(true)
  expect(isMountPoint('/proc')).toBe(true)
  expect(isMountPoint('/proc/self')).toBe(false)
  expect(isMountPoint('/no/such/place')).toBe(false)
})

test('when a folder can be written, is a file, or is missing, then it says so', async () => {
  await using here = await room()
  here.plant({ file: '' })

  expect([here.dir, here.at('file'), here.at('gone')].map(isWritableDir)).toStrictEqual([true, false, false])
})

whereMounts('when a folder is on a read-only file system, then not even root can write there', async () => {
  await using here = await room()
  here.plant({ 'disk/': '' })
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', here.at('disk')])
  try {
    expect(isWritableDir(here.at('disk'))).toBe(false)
  } finally {
    execFileSync('umount', [here.at('disk')])
  }
})

test('when a mount point has blanks in its name, then they are read as such', () => {
  const text = '36 35 98:0 /a /mnt/with\\040blank rw - ext4 /dev/x rw\n37 35 98:0 / / rw - ext4 /dev/x rw\n'

  expect(parseMountInfo(text)).toStrictEqual(['/mnt/with blank', '/'])
})
