import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Updater } from 'tuf-js'
import { systemClock } from '../../src/host/clock.ts'
import { httpClient } from '../../src/host/http/client.ts'
import { openSecrets } from '../../src/host/secrets.ts'
import { openPublisher } from '../../src/publisher/index.ts'
import { belaySource } from '../../src/sources/belay/index.ts'
import type { Section } from './section.ts'
import { median, summary } from './stats.ts'

const rounds = 40
const releases = 10
const cpuMsMax = 20
const bodyBytesMax = 1024
const requestsMax = 2

interface Seen {
  requests: number
  bytes: number
}

/** What it costs to ask a signed repository whether there is something new. */
export async function trustPart(): Promise<Section> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-bench-trust-'))
  const seen: Seen = { requests: 0, bytes: 0 }
  await publish(dir)
  const { server, url } = await serve(join(dir, 'publisher', 'repo'), seen)
  const clock = systemClock()
  const http = httpClient({ allowHttp: ['127.0.0.1'], version: '0.1.0', clock })
  try {
    const source = belaySource({
      http,
      cache: { read: async () => null, write: async () => {} },
      secrets: openSecrets({}),
      clock,
      platform: { os: 'linux', arch: 'x64' },
      trustDir: join(dir, 'trust'),
      version: '0.1.0',
    })
    const root = join(dir, 'publisher', 'root.json')
    const config = source.config.parse({ type: 'belay', url, root, product: 'bench' })
    const signal = new AbortController().signal
    const list = async () => (await source.list(config, { force: true, cacheMs: 0, signal })).releases.length
    const oracle = await oracleOf(dir, url)
    // The first ones load code, and fetch what later ones know.
    for (let round = 0; round < 3; round++) {
      if ((await list()) !== releases) throw new Error('the repository does not show its releases')
      await oracle()
    }
    const [ours, theirs]: [number[], number[]] = [[], []]
    Object.assign(seen, { requests: 0, bytes: 0 })
    await list()
    const poll = { ...seen }
    for (let round = 0; round < rounds; round++) {
      const pair: (() => Promise<void>)[] = [
        async () => void ours.push(await cpuMs(list)),
        async () => void theirs.push(await cpuMs(oracle)),
      ]
      for (const go of round % 2 === 0 ? pair : pair.toReversed()) await go()
    }
    return section(ours, theirs, poll)
  } finally {
    await http.close()
    server.close()
    server.closeAllConnections()
    await rm(dir, { recursive: true, force: true })
  }
}

/** A repository of a team: root and targets are signed by two of three. */
async function publish(dir: string): Promise<void> {
  const folder = join(dir, 'publisher')
  const clock = systemClock()
  const publisher = openPublisher(
    {
      now: () => clock.now(),
      http: () => {
        throw new Error('publishing asks nobody')
      },
    },
    { dir: folder, keysDir: join(folder, 'keys'), passphrase: async () => 'a bench has no secrets' },
  )
  await publisher.init({ product: 'bench', profile: 'team', channels: ['stable'], url: null })
  const tree = join(dir, 'tree')
  await mkdir(tree)
  for (let minor = 0; minor < releases; minor++) {
    const version = `1.${minor}.0`
    await writeFile(join(tree, 'VERSION'), version)
    const options = { tree, version, channel: 'stable', platform: null, epochSeconds: 0, progress: () => {} }
    await publisher.build(options, new AbortController().signal)
    await publisher.sign({
      channel: 'stable',
      version,
      floor: null,
      minAgent: null,
      renew: [],
      notes: null,
      prerelease: false,
      reboot: false,
      migration: false,
    })
  }
  await publisher.publish(null)
}

/** `tuf-js` on the same repository: it refreshes, and reads the role of the channel. */
async function oracleOf(dir: string, url: string): Promise<() => Promise<void>> {
  const metadataDir = join(dir, 'oracle')
  await mkdir(join(metadataDir, 'targets'), { recursive: true })
  await cp(join(dir, 'publisher', 'root.json'), join(metadataDir, 'root.json'))
  const options = {
    metadataDir,
    targetDir: join(metadataDir, 'targets'),
    metadataBaseUrl: `${url}/metadata`,
    targetBaseUrl: `${url}/targets`,
  }
  return async () => {
    const updater = new Updater(options)
    await updater.refresh()
    await updater.getTargetInfo('bench/stable/none')
  }
}

async function serve(folder: string, seen: Seen): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer((request, response) => {
    seen.requests++
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    void readFile(join(folder, pathname))
      .catch(() => null)
      .then((body) => {
        const bytes = body?.byteLength ?? 0
        seen.bytes += bytes
        return response.writeHead(body === null ? 404 : 200, { 'content-length': bytes }).end(body ?? undefined)
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it does not listen')
  return { server, url: `http://127.0.0.1:${address.port}` }
}

/** User and system time of this process: the server's share, the same for both, is in it. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

const inMs = (ms: number) => ms.toFixed(1)

function section(ours: readonly number[], theirs: readonly number[], { requests, bytes }: Seen): Section {
  return {
    part: 'trust',
    title: 'Asking a signed repository',
    about: `A repository of ${releases} releases by \`belay release\`, root and targets signed by two of three keys. Nothing is new; everything that is known is on disk and is verified again. Beside it: \`tuf-js\` on the same repository. CPU of the whole process, the server in it; medians of ${rounds} rounds in turn, the middle half in brackets.`,
    goals: [
      {
        what: 'CPU of one refresh',
        ours: summary(ours, 'ms', inMs),
        theirs: summary(theirs, 'ms', inMs),
        value: median(ours),
        most: cpuMsMax,
        unit: 'ms',
      },
      {
        what: 'requests of an idle poll',
        ours: String(requests),
        theirs: '',
        value: requests,
        most: requestsMax,
        unit: 'requests',
      },
      { what: 'their bodies', ours: `${bytes} bytes`, theirs: '', value: bytes, most: bodyBytesMax, unit: 'bytes' },
    ],
  }
}
