import { expect, test } from 'vitest'
import { versionInName } from './naming.ts'

test.each([
  ['app-1.2.0.tar.gz', '1.2.0'],
  ['app-v1.2.0.zip', '1.2.0'],
  ['my-app_1.2.tar.zst', '1.2'],
  ['app-1.2.0-beta.1.tar.xz', '1.2.0-beta.1'],
  ['app-1.2.0-linux-x64.tar.gz', '1.2.0'],
  ['app-1.2.0-beta.1-linux-arm64.tar.gz', '1.2.0-beta.1'],
  ['app_1.2.0_Linux_x86_64.tar.gz', '1.2.0'],
  ['app-1.2.0.tar.gz.sha256', '1.2.0'],
  ['app-1.2.0.tar.gz.minisig', '1.2.0'],
  ['1.2.0.zip', '1.2.0'],
  ['app-2026.01.15.zip', '2026.01.15'],
  ['node-red-4.0.9.tgz', '4.0.9'],
  ['app-1.2.0+b5.zip', '1.2.0+b5'],
  ['app.tar.gz', null],
  ['app-2.zip', null],
  ['SHA256SUMS', null],
  ['app-1.2.0.txt', null],
])('when a file is called %s, then its version is %s', (name, version) => {
  expect(versionInName(name)).toBe(version)
})
