import { expect, test } from 'vitest'
import { sourceBench } from '../../host/http/source-testing.ts'
import { httpSource } from './index.ts'

async function listed(json: unknown, config: object = {}) {
  await using bench = await sourceBench(() => json)
  const source = httpSource(bench.deps)
  const parsed = source.config.parse({ type: 'http', url: `${bench.server.url}/updates/latest.json`, ...config })
  const { releases } = await source.list(parsed, bench.options)
  return { releases, url: bench.server.url }
}

/** The three shapes that the CRM's update document shows, letter by letter. */
const shapes = {
  'the update server': {
    version: '1.1.0',
    release_date: '2025-11-15',
    release_notes: 'Bug fixes and performance improvements',
    download_url: 'https://github.com/yourusername/crm-backend/archive/refs/tags/v1.1.0.zip',
  },
  GitHub: {
    tag_name: 'v1.1.0',
    name: 'Version 1.1.0',
    body: 'Release notes here...',
    published_at: '2025-11-15T10:00:00Z',
    zipball_url: 'https://api.github.com/repos/yourusername/crm-backend/zipball/v1.1.0',
  },
  GitLab: {
    tag_name: 'v1.1.0',
    name: 'Version 1.1.0',
    description: 'Release notes here...',
    released_at: '2025-11-15T10:00:00.000Z',
    assets: {
      sources: [{ format: 'zip', url: 'https://gitlab.com/g/crm/-/archive/v1.1.0/crm-v1.1.0.zip' }],
      links: [],
    },
  },
}

test.each(Object.entries(shapes))(
  'C1: when the feed has the shape of %s, then the update in it is seen',
  async (_, json) => {
    for (const form of [json, [json], { releases: [json] }]) {
      const { releases } = await listed(form)
      expect(releases).toHaveLength(1)
      expect(releases[0]).toMatchObject({
        version: '1.1.0',
        notes: expect.stringMatching(/^(?:Bug fixes|Release notes)/),
        publishedAt: expect.stringMatching(/^2025-11-15T/),
        artifact: { name: expect.stringMatching(/1\.1\.0\.zip$/), url: expect.stringMatching(/^https:.*v1\.1\.0/) },
      })
    }
  },
)

test('C1: when a feed lists releases in every shape, then each is read by its own keys', async () => {
  const { releases } = await listed([
    { ...shapes['the update server'], version: '1.0.0' },
    { ...shapes.GitHub, tag_name: 'v1.2.0' },
    { ...shapes.GitLab, tag_name: 'v1.3.0' },
  ])
  expect(releases.map((release) => release.version)).toStrictEqual(['1.0.0', '1.2.0', '1.3.0'])
})

test('when a release states digest, size and prerelease, then they are used', async () => {
  const item = { version: '2.0.0-rc.1', download_url: 'app.zip', sha256: 'B'.repeat(64), size: 12, prerelease: true }
  const { releases, url } = await listed({ releases: [item] })
  expect(releases).toMatchObject([
    {
      prerelease: true,
      artifact: { name: 'app.zip', url: `${url}/updates/app.zip`, bytes: 12, digest: `sha256:${'b'.repeat(64)}` },
    },
  ])
})

test.each([
  ['files/app-1.0.zip', '/updates/files/app-1.0.zip'],
  ['../app-1.0.zip', '/app-1.0.zip'],
  ['/app-1.0.zip?v=2', '/app-1.0.zip?v=2'],
])('when the download is %s, then it is looked for from where the feed is', async (reference, path) => {
  const { releases, url } = await listed({ version: '1.0', download_url: reference })
  expect(releases[0]?.artifact).toMatchObject({ name: 'app-1.0.zip', url: `${url}${path}` })
})

test('when a release has several files, then the pattern or the platform chooses', async () => {
  const assets = ['app-linux.zip', 'app-windows.zip', 'SHA256SUMS'].map((name) => ({ name, download_url: `d/${name}` }))
  const json = { version: '1.0.0', download_url: 'd/app-linux.zip', assets }
  expect((await listed(json)).releases[0]).toMatchObject({
    artifact: { name: 'app-linux.zip' },
    checksums: [{ name: 'SHA256SUMS' }],
  })
  expect((await listed(json, { asset: 'app-windows.zip' })).releases[0]?.artifact?.name).toBe('app-windows.zip')
})

test('when a release has no download, then it is listed without one', async () => {
  const { releases } = await listed({ version: '1.0.0', release_notes: 'soon' })
  expect(releases).toMatchObject([{ version: '1.0.0', artifact: null, assets: [] }])
})

test.each([
  ['no list and no release', 'maintenance', 'a string instead of'],
  ['an object of another kind', { status: 'ok' }, 'neither "version" nor "tag_name"'],
  ['releases that are no list', { releases: {} }, 'an object as its "releases"'],
  ['a number as version', { version: 1.1 }, '.version'],
  ['a list with something else', [{ version: '1.0' }, 7], 'a number at [1]'],
  ['a placeholder with spaces', { version: 'RELEASE VERSION' }, 'visible characters'],
  ['a file address', { version: '1.0', download_url: 'file:///etc/passwd' }, 'not the address of a file'],
  ['a folder as download', { version: '1.0', download_url: 'https://x.org/files/' }, 'not the address of a file'],
  ['a path as asset name', { version: '1.0', assets: [{ name: '../x', download_url: 'x' }] }, 'assets[0].name'],
])('when the feed has %s, then the error names the place', async (_, json, words) => {
  await expect(listed(json)).rejects.toThrow(words)
  await expect(listed(json)).rejects.toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ code: 'E_RESPONSE_INVALID' }) }),
  )
})
