import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { expect, onTestFinished } from 'vitest'
import { sendJson, testServer } from '../../src/host/http/testing.ts'
import { runIdSchema } from '../../src/core/model/names.ts'
import { systemClock } from '../../src/host/clock.ts'
import { openBelay } from '../../src/main/open.ts'
import { openJournal } from '../../src/storage/journal.ts'

/** A GitHub that has what the test puts there, and a component of its releases that runs 1.0.0. */

export async function archive(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const tar = pack()
  for (const [name, text] of Object.entries(files)) tar.entry({ name }, text)
  tar.finalize()
  const chunks: Buffer[] = []
  for await (const chunk of tar as AsyncIterable<Buffer>) chunks.push(chunk)
  return gzipSync(Buffer.concat(chunks))
}

interface Published {
  readonly assets: Readonly<Record<string, string | Buffer>>
  /** The root of the repository at the release's tag. */
  readonly root: Readonly<Record<string, string>>
}

export async function manifestScene(component: Readonly<Record<string, unknown>> = {}) {
  const releases = new Map<string, Published>()
  const asked: string[] = []
  const fault: { at: (path: string) => boolean } = { at: () => false }
  const endless: { at: (path: string) => boolean; bytes: number } = { at: () => false, bytes: 0 }
  const server = await testServer((request, response) => {
    const url = new URL(request.url ?? '/', server.url)
    asked.push(url.pathname)
    const [, kind, tag = '', name = ''] = url.pathname.split('/')
    const root = /^\/repos\/o\/app\/contents\/(.+)$/.exec(url.pathname)
    const file = kind === 'files' ? releases.get(tag)?.assets[name] : undefined
    const inRoot = root === null ? undefined : releases.get(url.searchParams.get('ref') ?? '')?.root[root[1] ?? '']
    if (fault.at(url.pathname)) response.writeHead(500).end('{}')
    else if (endless.at(url.pathname)) forever(response, (bytes) => (endless.bytes += bytes))
    else if (url.pathname === '/repos/o/app/releases') sendJson(response, [...releases].map(listed).toReversed())
    else if ((file ?? inRoot) !== undefined) response.end(file ?? inRoot)
    else response.writeHead(404).end('{"message":"Not Found"}')
  })
  const listed = ([tag, { assets }]: readonly [string, Published]) => ({
    tag_name: tag,
    assets: Object.entries(assets).map(([name, bytes]) => ({
      name,
      state: 'uploaded',
      size: Buffer.byteLength(bytes),
      url: `${server.url}/files/${tag}/${name}`,
      browser_download_url: `${server.url}/files/${tag}/${name}`,
    })),
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  const dir = await mkdtemp(join(tmpdir(), 'belay-manifest-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const { strategy, ...more } = component
  const path = join(dir, 'app')
  const config = {
    version: 1,
    agent: { allow_http: ['127.0.0.1'] },
    components: {
      app: {
        source: { type: 'github', repo: 'o/app', api: server.url, asset: 'app-{version}.tar.gz' },
        strategy: { type: 'directory', path, layout: 'slots', ...Object(strategy) },
        version: { file: 'VERSION', scheme: 'semver' },
        checks: { before: [], after: [{ type: 'version_check' }] },
        trust: { require: 'tls' },
        backups: { path: [join(dir, 'backups')] },
        ...more,
      },
    },
  }
  await writeFile(join(dir, 'belay.yaml'), JSON.stringify(config))
  const belay = await openBelay({ config: join(dir, 'belay.yaml'), state: join(dir, 'state') })
  onTestFinished(() => belay.close())
  const release = async (
    version: string,
    { assets = {}, root = {}, tree = {} }: { assets?: object; root?: object; tree?: object } = {},
  ) => {
    const bytes = await archive({ VERSION: version, ...tree })
    releases.set(`v${version}`, { assets: { [`app-${version}.tar.gz`]: bytes, ...assets }, root: { ...root } })
    return bytes
  }
  return {
    belay,
    dir,
    path,
    url: server.url,
    asked,
    fault,
    endless,
    release,
    /** What is on disk of a run. */
    entries: async (run: string | null) => {
      const journal = openJournal(join(dir, 'state'), systemClock())
      try {
        return await journal.read(runIdSchema.parse(run))
      } finally {
        journal.close()
      }
    },
    running: () => readFile(join(path, 'current/VERSION'), 'utf8'),
    /** Installs 1.0.0, whatever the config asks of manifests. */
    start: async (first: Parameters<typeof release>[1] = {}) => {
      await release('1.0.0', first)
      expect(await belay.update('app')).toMatchObject({ outcome: 'committed', to: '1.0.0' })
      asked.length = 0
    },
  }
}

/** As much as the reader takes. */
function forever(response: ServerResponse, sent: (bytes: number) => void): void {
  const piece = Buffer.alloc(16_384, 'x')
  const send = (): void => {
    while (!response.destroyed) {
      sent(piece.length)
      if (!response.write(piece)) return void response.once('drain', send)
    }
  }
  send()
}
