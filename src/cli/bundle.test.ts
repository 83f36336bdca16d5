import { join } from 'node:path'
import { expect, test } from 'vitest'
import { belay } from '../../test/fakes/belay.ts'
import { runReport } from '../../test/fakes/engine.ts'
import { fakeTerminal, portsWith } from '../../test/fakes/terminal.ts'
import type { BundleRequest, MadeBundle } from '../ports/bundles.ts'
import { runCli } from './program.ts'

const made: MadeBundle = {
  file: '/srv/app.bundle',
  bytes: 4096,
  source: 'github acme/app',
  version: '1.2.0',
  platforms: ['linux-x64'],
  files: [{ path: 'files/app.tar.gz', bytes: 1024 }],
}

async function bundle(argv: string) {
  const terminal = fakeTerminal()
  const requests: BundleRequest[] = []
  const makeBundle = async (_: unknown, request: BundleRequest) => {
    requests.push(request)
    return made
  }
  const code = await runCli(argv.split(' '), terminal.io, portsWith(null, { makeBundle }))
  return { code, out: terminal.out(), err: terminal.err(), requests, cwd: terminal.io.cwd }
}

test('when a component is bundled, then its version and platforms are those that were named, and the file lies here', async () => {
  const { code, out, requests, cwd } = await bundle(
    'release bundle app --version 1.2.0 --platform linux-x64 --platform linux-arm64 -o app.bundle --json',
  )
  expect({ code, document: JSON.parse(out) }).toStrictEqual({ code: 0, document: { bundle: made } })
  expect(requests).toMatchObject([
    {
      of: { component: 'app' },
      version: '1.2.0',
      platforms: ['linux-x64', 'linux-arm64'],
      out: join(cwd, 'app.bundle'),
    },
  ])
})

test('when a repository is bundled, then no component is named', async () => {
  const { code, out, requests, cwd } = await bundle(
    'release bundle --repo published --channel nightly -o /srv/app.bundle',
  )
  expect(code).toBe(0)
  expect(out).toContain('/srv/app.bundle holds 1.2.0 of github acme/app for linux-x64')
  expect(requests).toMatchObject([
    { of: { repo: join(cwd, 'published'), product: null, channel: 'nightly' }, version: null, platforms: [] },
  ])
})

test.each([
  ['release bundle -o x', 'was not told whose release'],
  ['release bundle app --repo dir -o x', 'was not told whose release'],
  ['release bundle app', '--out'],
])('when %s is typed, then it says what is missing', async (argv, words) => {
  const { code, err, requests } = await bundle(argv)
  expect({ code, requests }).toStrictEqual({ code: 2, requests: [] })
  expect(err).toContain(words)
})

test('when --version stands alone, then it is that of belay, also behind the words of a command', async () => {
  expect(await bundle('--version')).toMatchObject({ code: 0, out: '0.1.0\n' })
  expect(await bundle('release --version')).toMatchObject({ code: 0, out: '0.1.0\n' })
})

test('when an update takes a bundle, then its path holds wherever the run is carried on', async () => {
  const { code, engine } = await belay('update core --from app.bundle --yes --json', {
    script: { update: async () => runReport() },
  })
  expect(code).toBe(0)
  expect(engine.calls).toStrictEqual([`update core {"from":"${join(fakeTerminal().io.cwd, 'app.bundle')}"}`])
})

test.each(['update --all --from x', 'update a b --from x'])(
  'when %s is typed, then a bundle is for one',
  async (argv) => {
    expect(await belay(argv)).toMatchObject({ code: 2, err: expect.stringContaining('--from is for one component') })
  },
)
