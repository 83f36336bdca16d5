import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { commandProbe, versionSaid } from './index.ts'

const probe = commandProbe()

async function read(command: string[], dir = tmpdir()): Promise<string | null> {
  const ref = { component: 'app', spec: { type: 'command' }, dir, user: null, scheme: 'semver' }
  return probe.read(probe.config.parse({ type: 'command', command }), ref, new AbortController().signal)
}

test.each([
  ['v24.21.0\n', 'v24.21.0'],
  ['Python 3.11.2\n', '3.11.2'],
  ['app version 1.2.3-beta.4+b5 (linux)', '1.2.3-beta.4+b5'],
  ['Welcome to App 2.0.\n', '2.0'],
  ['{"version":"1.0.1"}', '1.0.1'],
  ['listening on port 8080\n', null],
  ['unknown\n', null],
  ['', null],
])('when a program says %j then the version is %j', async (output, version) => {
  expect(await versionSaid(output)).toBe(version)
})

test('when a program runs then its standard output counts, and nothing when it fails', async () => {
  expect(await read([process.execPath, '-v'])).toBe(process.version)
  expect(await read([process.execPath, '-e', 'console.error("1.2.3")'])).toBeNull()
  expect(await read([process.execPath, '-e', 'console.log("1.2.3");process.exit(1)'])).toBeNull()
})

test('when an argument is empty then it is given as it is, and a program without a name is refused', async () => {
  expect(await read([process.execPath, '-e', 'if (process.argv[1] === "") console.log("1.0.0")', ''])).toBe('1.0.0')
  expect(probe.config.safeParse({ type: 'command', command: [''] }).success).toBe(false)
})

test('when the program or the tree is not there then the version is unknown', async () => {
  expect(await read(['./bin/app', '--version'])).toBeNull()
  expect(await read([process.execPath, '-v'], '/nowhere/at/all')).toBeNull()
})
