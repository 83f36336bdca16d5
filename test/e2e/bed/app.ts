/**
 * A tiny application under systemd: one Node file that serves its version, a file the user edits, and a file of data.
 * `/` is `{version, greeting, starts}`, `/health` is 200 when it is well. Releases are flat archives, `app-VERSION.tar.gz`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packRelease, type ReleaseArchive, writeTree } from './archive.ts'

/** `unhealthy` starts, and answers /health with 503; `exits` ends with code 1 before it listens. */
export type AppFault = 'none' | 'unhealthy' | 'exits'

const server = `import { appendFileSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'

const read = (name) => readFileSync(new URL(name, import.meta.url), 'utf8')
const version = read('VERSION').trim()
const { fault } = JSON.parse(read('fault.json'))
if (fault === 'exits') throw new Error('app ' + version + ' cannot start')

const starts = join(process.env.APP_DATA ?? '.', 'starts.log')
appendFileSync(starts, version + '\\n')

createServer((request, response) => {
  response.setHeader('content-type', 'application/json')
  if (request.url === '/health') {
    response.statusCode = fault === 'unhealthy' ? 503 : 200
    return response.end(JSON.stringify({ status: fault === 'unhealthy' ? 'ill' : 'ok', version }))
  }
  const { greeting } = JSON.parse(read('config/app.json'))
  response.end(JSON.stringify({ version, greeting, starts: readFileSync(starts, 'utf8').trim().split('\\n') }))
}).listen(Number(process.env.APP_PORT ?? 8080))
`

/** Packs one release into a folder. */
export async function buildAppRelease(
  into: string,
  version: string,
  fault: AppFault = 'none',
): Promise<ReleaseArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-app-'))
  try {
    await writeTree(folder, {
      VERSION: `${version}\n`,
      'server.mjs': server,
      'fault.json': `${JSON.stringify({ fault })}\n`,
      'config/app.json': '{ "greeting": "as shipped" }\n',
      [`docs/changes-${version}.md`]: `What is new in ${version}.\n`,
    })
    return await packRelease(folder, 'flat', version, join(into, `app-${version}.tar.gz`))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** 1.0.0 and 1.1.0 are well; 1.2.0 starts but is unhealthy. */
export async function buildAppReleases(into: string): Promise<readonly ReleaseArchive[]> {
  return [
    await buildAppRelease(into, '1.0.0'),
    await buildAppRelease(into, '1.1.0'),
    await buildAppRelease(into, '1.2.0', 'unhealthy'),
  ]
}

/**
 * Checks that wait until it answers, whatever it says, and ask once whether it is well: a slow start is waited for, and
 * nobody waits for a version that is never well.
 */
export function appHealth(port = 8080): readonly object[] {
  const health = { type: 'health_endpoint', url: `http://127.0.0.1:${port}/health` }
  return [
    { ...health, expected_status: [200, 503], timeout_seconds: 60 },
    { ...health, timeout_seconds: 0 },
  ]
}

export interface AppUnitOptions {
  /** The folder that holds server.mjs, such as /opt/app or /opt/app/current. */
  readonly root: string
  /** A folder the user can write. */
  readonly data: string
  readonly user?: string | undefined
  readonly port?: number | undefined
}

/** The text of `app.service`. */
export function appUnit({ root, data, user = 'root', port = 8080 }: AppUnitOptions): string {
  return `[Unit]
Description=A tiny application
[Service]
User=${user}
WorkingDirectory=${root}
Environment=APP_DATA=${data} APP_PORT=${port}
ExecStart=/usr/local/bin/node ${root}/server.mjs
[Install]
WantedBy=multi-user.target
`
}
