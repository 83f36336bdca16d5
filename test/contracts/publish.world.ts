import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { testClient, testServer } from '../../src/host/http/testing.ts'
import type { InitOptions, Publisher, SignOptions } from '../../src/ports/publisher.ts'
import { openPublisher } from '../../src/publisher/index.ts'

export const passphrase = 'four unrelated words here'
export const dayMs = 86_400_000

export interface Workshop {
  readonly dir: string
  readonly clock: { now: number }
  readonly publisher: Publisher
  /** A publisher on the same folder, with another clock, keys or passphrase. */
  open(options?: Opening): Publisher
  /** Builds and signs a release of one file. */
  release(version: string, more?: Partial<SignOptions>): Promise<void>
  tree(files: Readonly<Record<string, string>>): Promise<string>
}

interface Opening {
  readonly dir?: string
  readonly keysDir?: string
  readonly passphrase?: string
  readonly wrote?: (path: string) => void
}

export const plain: SignOptions = {
  channel: 'stable',
  version: null,
  floor: null,
  minAgent: null,
  renew: [],
  notes: null,
  prerelease: false,
  reboot: false,
  migration: false,
}

/** A publisher's folder with a repository in it. */
export async function workshop(options: Partial<InitOptions> = {}): Promise<Workshop> {
  const base = await mkdtemp(join(tmpdir(), 'belay-publish-'))
  onTestFinished(() => rm(base, { recursive: true, force: true }))
  const dir = join(base, 'releases')
  const clock = { now: Date.now() }
  const open = (opening: Opening = {}): Publisher => {
    const { wrote, passphrase: words = passphrase } = opening
    const at = opening.dir ?? dir
    return openPublisher(
      {
        now: () => clock.now,
        http: () => {
          const http = testClient()
          onTestFinished(() => http[Symbol.asyncDispose]())
          return http
        },
        // As cheap as scrypt goes: it is not the subject here.
        measure: { n: 1024, p: 1 },
        ...(wrote === undefined ? {} : { wrote }),
      },
      { dir: at, keysDir: opening.keysDir ?? join(at, 'keys'), passphrase: () => Promise.resolve(words) },
    )
  }
  const publisher = open()
  let trees = 0
  const tree: Workshop['tree'] = async (files) => {
    const root = join(base, `tree-${trees++}`)
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(root, name, '..'), { recursive: true })
      await writeFile(join(root, name), text)
    }
    return root
  }
  await publisher.init({ product: 'app', profile: 'solo', channels: ['stable'], url: null, ...options })
  return {
    dir,
    clock,
    publisher,
    open,
    tree,
    async release(version, more = {}) {
      const channel = more.channel ?? 'stable'
      const job = {
        tree: await tree({ VERSION: version }),
        version,
        channel,
        platform: null,
        epochSeconds: 0,
        progress: unheard,
      }
      await open().build(job, new AbortController().signal)
      await open().sign({ ...plain, version, ...more })
    },
  }
}

/** The repository's folder behind a plain static server. */
export async function hosted(repo: string) {
  const server = await testServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '')
    readFile(join(repo, path)).then(
      (bytes) => response.writeHead(200, { 'content-length': bytes.length }).end(bytes),
      () => response.writeHead(404).end('not found'),
    )
  })
  onTestFinished(() => server[Symbol.asyncDispose]())
  return server
}

/** Of a build's progress. */
export const unheard = (): void => {}

export const never = (): AbortSignal => new AbortController().signal
