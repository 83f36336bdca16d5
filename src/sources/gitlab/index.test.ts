import { expect, test } from 'vitest'
import { sourceBench } from '../../host/http/source-testing.ts'
import { gitlabSource } from './index.ts'

/** As GitLab's documentation shows it, shortened. */
const release = (url: string) => ({
  tag_name: 'v0.3',
  description: '## CHANGELOG',
  name: 'Awesome app v0.3 beta',
  created_at: '2019-01-03T01:56:19.539Z',
  released_at: '2019-01-03T01:56:19.539Z',
  author: { id: 1, name: 'Administrator' },
  commit: { id: 'f8d3d94cbd347e924aa7b715845e439d00e80ca4' },
  assets: {
    count: 6,
    sources: [
      { format: 'zip', url: `${url}/g/app/-/archive/v0.3/app-v0.3.zip` },
      { format: 'tar.gz', url: `${url}/g/app/-/archive/v0.3/app-v0.3.tar.gz` },
      { format: 'tar.bz2', url: `${url}/g/app/-/archive/v0.3/app-v0.3.tar.bz2` },
    ],
    links: [
      { id: 2, name: 'Linux, 64 bit', url: `${url}/packages/app-linux.tar.gz`, link_type: 'package' },
      {
        id: 3,
        name: 'app-darwin.zip',
        url: `${url}/packages/1`,
        direct_asset_url: `${url}/g/app/-/releases/v0.3/downloads/app-darwin.zip`,
      },
      { id: 4, name: 'Manual', url: `${url}/manual/` },
    ],
    evidence_file_path: `${url}/evidence.json`,
  },
  evidences: [],
  _links: { self: `${url}/g/app/-/releases/v0.3` },
})

async function listed(config: object) {
  await using bench = await sourceBench((url) => [release(url)])
  const source = gitlabSource(bench.deps)
  const parsed = source.config.parse({ type: 'gitlab', url: bench.server.url, ...config })
  const { releases } = await source.list(parsed, bench.options)
  return { releases, url: bench.server.url, seen: bench.server.seen, describe: source.describe(parsed) }
}

test('when links have free names, then files are named after their address, and pages are no files', async () => {
  const { releases, url } = await listed({ repo: 'g/app' })
  expect(releases).toMatchObject([
    {
      version: '0.3',
      title: 'Awesome app v0.3 beta',
      notes: '## CHANGELOG',
      url: `${url}/g/app/-/releases/v0.3`,
      artifact: { name: 'app-linux.tar.gz', url: `${url}/packages/app-linux.tar.gz`, digest: null },
      assets: ['app-linux.tar.gz', 'app-darwin.zip'],
    },
  ])
})

test('when there is a direct address, then it is the one', async () => {
  const { releases, url } = await listed({ repo: 'g/app', asset: 'app-darwin.zip' })
  expect(releases[0]?.artifact?.url).toBe(`${url}/g/app/-/releases/v0.3/downloads/app-darwin.zip`)
})

test.each([
  ['source-zip', 'app-0.3.zip'],
  ['source-tar', 'app-0.3.tar.gz'],
])('when the asset is %s, then it is the archive of the tag', async (asset, name) => {
  const { releases } = await listed({ repo: 'g/app', asset })
  expect(releases[0]?.artifact?.name).toBe(name)
})

test.each([
  [{ repo: 'group/sub/app' }, '/api/v4/projects/group%2Fsub%2Fapp/releases?per_page=100', 'gitlab group/sub/app'],
  [{ project: 4711 }, '/api/v4/projects/4711/releases?per_page=100', 'gitlab 4711'],
  [{ project: '4711', token: { env: 'TOKEN' } }, '/api/v4/projects/4711/releases?per_page=100', 'gitlab 4711'],
])('when the config is %j, then %s is asked', async (config, path, describe) => {
  const { seen, ...rest } = await listed(config)
  expect(seen[0]?.path).toBe(path)
  expect(seen[0]?.headers['private-token']).toBe('token' in config ? 't0ken' : undefined)
  expect(rest.describe).toBe(describe)
})

test('when both or neither of repo and project are given, then the config is refused', () => {
  const { config } = gitlabSource({} as never)
  expect(config.safeParse({ type: 'gitlab' }).success).toBe(false)
  expect(config.safeParse({ type: 'gitlab', repo: 'a/b', project: 1 }).success).toBe(false)
})
