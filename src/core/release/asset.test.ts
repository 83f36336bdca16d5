import { expect, test } from 'vitest'
import { assetExpression, chooseAsset, endingOf } from './asset.ts'

const linux = { os: 'linux', arch: 'x64' }

function choose(names: readonly string[], pattern: string | null = null, platform = linux): string | null {
  return chooseAsset(names, { pattern, version: '1.2.0', tag: 'v1.2.0', platform })
}

test.each([
  ['app-{version}.tar.gz', 'app-1.2.0.tar.gz'],
  ['app-{tag}.tar.gz', 'app-v1.2.0.tar.gz'],
  ['app-{version}-{os}-{arch}.zip', 'app-1.2.0-linux-amd64.zip'],
  ['app_{os}_{arch}.tar.xz', 'app_Linux_x86_64.tar.xz'],
  ['app-*.tar.gz', 'app-anything-at-all.tar.gz'],
  ['app-?.zip', 'app-1.zip'],
  ['*-{os}-*-{version}*.zip', 'app-ab-linux-gnu-musl-1.2.0-1.2.0.zip'],
  ['*a*a*b', 'xaab'],
  ['*', 'app.zip'],
  ['a+b(1).zip', 'a+b(1).zip'],
])('when the pattern is %s, then %s fits', (pattern, name) => {
  expect(choose(['other.md', name], pattern)).toBe(name)
})

test.each([
  ['app-{version}.tar.gz', 'app-1x2x0.tar.gz'],
  ['app-{version}.tar.gz', 'app-1.2.0.tar.gz.sha256'],
  ['app-{version}.tar.gz', 'my-app-1.2.0.tar.gz'],
  ['app-{os}.zip', 'app-darwin.zip'],
  ['App.zip', 'app.zip'],
])('when the pattern is %s, then %s does not fit', (pattern, name) => {
  expect(choose([name], pattern)).toBeNull()
})

test('when a pattern fits several, then it is no choice, except that checksums never count', () => {
  expect(choose(['app-a.tar.gz', 'app-b.tar.gz'], 'app-*.tar.gz')).toBeNull()
  expect(choose(['app-a.tar.gz', 'app-a.tar.gz.sha256', 'app-a.tar.gz.asc'], 'app-*')).toBe('app-a.tar.gz')
})

test.each([
  [['app.tar.gz', 'app.tar.gz.sha256', 'README.md'], 'app.tar.gz'],
  [['app-linux-x64.tar.gz', 'app-linux-arm64.tar.gz', 'app-darwin-x64.tar.gz'], 'app-linux-x64.tar.gz'],
  [['app_Linux_x86_64.tar.gz', 'app_Linux_i386.tar.gz', 'app_Windows_x86_64.zip'], 'app_Linux_x86_64.tar.gz'],
  [['app-x64.tar.gz', 'app-armhf.tar.gz'], 'app-x64.tar.gz'],
  [['app.tar.gz', 'app-win32.zip'], 'app.tar.gz'],
  [['app.zip', 'app.tar.gz', 'app.tar.zst'], 'app.tar.zst'],
  [['app.tar.gz', 'docs.tar.gz'], null],
  [['app-windows.zip'], null],
  [['app-darwin.zip'], null],
  [['app.deb', 'app.sha256'], null],
  [[], null],
])('when no pattern is given and there are %j, then %s is for this platform', (names, name) => {
  expect(choose(names)).toBe(name)
})

test('when the platform is another, then so is the choice', () => {
  const names = ['app-linux-x64.tar.gz', 'app-linux-arm64.tar.gz', 'app-win-x64.zip', 'app-macos-arm64.zip']
  expect(choose(names, null, { os: 'win32', arch: 'x64' })).toBe('app-win-x64.zip')
  expect(choose(names, null, { os: 'darwin', arch: 'arm64' })).toBe('app-macos-arm64.zip')
  expect(choose(names, null, { os: 'linux', arch: 'arm64' })).toBe('app-linux-arm64.tar.gz')
  expect(choose(['app-darwin.zip'], null, { os: 'win32', arch: 'x64' })).toBeNull()
  expect(choose(['app.tar.gz', 'app.zip'], null, { os: 'win32', arch: 'x64' })).toBe('app.zip')
})

test('when a name is made to be tried in many ways, then it is refused quickly all the same', () => {
  const expression = assetExpression('*a*a*a*a*a*a', { version: '1', tag: '1', platform: linux })
  const before = process.threadCpuUsage()
  expect(expression.test(`${'a'.repeat(199)}b`)).toBe(false)
  // Of its own work: how long it stood in line for a processor says nothing.
  const { user, system } = process.threadCpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(50)
})

test('when a name ends like an archive, then the ending is known', () => {
  expect(endingOf('a.TAR.GZ')).toBe('.tar.gz')
  expect(endingOf('a.tgz')).toBe('.tgz')
  expect(endingOf('a.gz')).toBe('')
})
