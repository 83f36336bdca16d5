import { expect, test } from 'vitest'
import { sourceBench } from '../../host/http/source-testing.ts'
import { giteaSource } from './index.ts'

const release = (url: string) => ({
  id: 1,
  tag_name: 'v1.21.0',
  name: '',
  body: 'Notes',
  html_url: `${url}/o/app/releases/tag/v1.21.0`,
  tarball_url: `${url}/o/app/archive/v1.21.0.tar.gz`,
  zipball_url: `${url}/o/app/archive/v1.21.0.zip`,
  draft: false,
  prerelease: true,
  published_at: '2026-01-01T02:00:00+02:00',
  assets: [{ id: 1, name: 'app.tar.gz', size: 10, uuid: 'x', browser_download_url: `${url}/attachments/x` }],
})

async function listed(config: object = {}) {
  await using bench = await sourceBench((url) => [release(url)])
  const source = giteaSource(bench.deps)
  const parsed = source.config.parse({ type: 'gitea', repo: 'o/app', url: bench.server.url, ...config })
  const { releases } = await source.list(parsed, bench.options)
  return { releases, url: bench.server.url, seen: bench.server.seen }
}

test('when a release is listed, then what the server says of it is there', async () => {
  const { releases, url, seen } = await listed({ token_env: 'TOKEN' })
  expect(releases).toMatchObject([
    {
      version: '1.21.0',
      publishedAt: '2026-01-01T00:00:00.000Z',
      prerelease: true,
      artifact: { name: 'app.tar.gz', url: `${url}/attachments/x`, bytes: 10, digest: null },
    },
  ])
  expect(seen[0]).toMatchObject({
    path: '/api/v1/repos/o/app/releases?limit=50',
    headers: { authorization: 'token t0ken' },
  })
})

test('when the asset is a source archive, then it is the one of the tag', async () => {
  const { releases, url } = await listed({ asset: 'source-tar' })
  expect(releases[0]?.artifact).toMatchObject({ name: 'app-1.21.0.tar.gz', url: `${url}/o/app/archive/v1.21.0.tar.gz` })
})

test('when no server is named, then the config is refused: there is no default one', () => {
  expect(giteaSource({} as never).config.safeParse({ type: 'gitea', repo: 'a/b' }).success).toBe(false)
})
