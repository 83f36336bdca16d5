import type { RequestListener } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Inside } from '../agent/ports.ts'
import { publicStanding } from '../api/compat/public.ts'
import { pageBuildCommand } from '../api/page/serve.ts'
import type { ApiPorts } from '../api/ports.ts'
import type { Deployment } from '../core/detect/deployment.ts'
import type { ReadConfig } from '../host/config/read-config.ts'
import { pageFiles } from '../host/server/page-files.ts'
import { peerOf } from '../host/server/peer.ts'
import type { AgentLine, Say } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { Page } from '../ports/page.ts'
import type { Settings } from '../protocol/settings.ts'
import { type OpenAccess, openAccess } from './access.ts'
import { openRuns } from './api-runs.ts'
import { keepListening } from './listening.ts'
import { openChannels } from './notify.ts'
import { once } from './once.ts'
import { pageSettings } from './page-settings.ts'
import { packageRoot } from './program-file.ts'
import { upgrades } from './upgrade.ts'
import { version } from './version.ts'

export interface DoorsOptions {
  /** The config as it is on disk now. */
  readonly read: () => Promise<{ readonly read: ReadConfig }>
  readonly inside: Inside
  readonly stateDir: string
  readonly clock: SteadyClock
  readonly say: Say
  /** Called when something was answered: memory is given back some time after the last. */
  readonly rest: () => void
}

/** Opens the doors of the agent: API, WebSocket, page. They follow the config over reloads. */
export async function openDoors(options: DoorsOptions): Promise<() => Promise<void>> {
  const { inside, clock, say, stateDir, rest } = options
  const tell = (level: AgentLine['level'], text: string) => say({ level, component: null, run: null, text })
  const access = openAccess(stateDir, clock, () => inside.use(async ({ settings }) => settings.agent.access))
  const page = pageFiles(join(packageRoot(), 'dist', 'page'))
  const ports = apiPorts(options, page, access)
  // With all that it can answer it is the largest part of the agent: loaded when somebody asks.
  const app = once(async () => (await import('../api/app.ts')).createApp(ports))
  const answer = getRequestListener(
    async (request, { incoming }) => {
      rest()
      const proxies = await inside.use(async ({ settings }) => settings.agent.access.proxies)
      return (await app())(request, peerOf(incoming.socket, incoming.headers, proxies))
    },
    { overrideGlobalObjects: false },
  )
  // It answers its own failures.
  const onRequest: RequestListener = (incoming, outgoing) => void answer(incoming, outgoing)
  const opened = async (url: string) => {
    if ((await page.files()) === null) tell('warn', `the page is not built: ${pageBuildCommand}`)
    await greetFirst(access, url, tell)
  }
  const sockets = upgrades(ports)
  const listening = keepListening({ onRequest, onUpgrade: sockets.onUpgrade }, clock, tell, opened)
  let turn = Promise.resolve()
  const follow = (settings: Settings) => {
    turn = turn.then(() => listening.follow(settings.agent))
  }
  await inside.use(async ({ settings }) => follow(settings))
  inside.onLoaded(follow)
  await turn
  return async () => {
    await turn
    await ports.watcher.close()
    await sockets.close()
    await listening.close()
    access.close()
  }
}

/** Says how somebody gets in at all. The secret itself goes to standard error alone: lines may be JSON that is kept. */
async function greetFirst(
  access: OpenAccess,
  url: string,
  tell: (level: AgentLine['level'], text: string) => void,
): Promise<void> {
  const head = await access.auditHead()
  if (head.broken !== null) tell('error', `the audit log is not as it was written, from entry ${head.broken} on`)
  else if (head.seq > 0) tell('info', `the audit log has ${head.seq} entries, the last is ${head.hash}`)
  const secret = access.setupSecret()
  if (secret === null) return
  tell('warn', `nobody can log in yet: open ${url} and set up the first user, or run belay user add NAME`)
  process.stderr.write(`The secret for the set-up of the first user, valid once: ${secret}\n`)
}

function apiPorts(options: DoorsOptions, page: Page, { gate, audit, access }: OpenAccess): ApiPorts {
  const { clock, stateDir } = options
  return {
    ...openRuns(options),
    pageSettings: pageSettings({ ...options, reload: options.inside.reload }),
    stateDir,
    gate,
    audit,
    access,
    page,
    channels: ({ settings }) => openChannels({ stateDir, clock, env: process.env, settings: () => settings }),
    clock,
    version,
    detect: once(async () => detected()),
    publicStanding: publicStanding(options.inside, clock),
    self: processNow,
    async bundle(loaded) {
      const { supportBundle } = await import('./support-bundle.ts')
      return Readable.toWeb(await supportBundle({ ...loaded, stateDir, env: process.env, now: clock.now() }))
    },
  }
}

async function detected(): Promise<Deployment> {
  const { detectDeployment } = await import('../host/detect/index.ts')
  return detectDeployment({ cwd: '/', env: process.env, program: packageRoot() })
}

function processNow() {
  const { user, system } = process.cpuUsage()
  return {
    residentBytes: process.memoryUsage.rss(),
    cpuSeconds: (user + system) / 1e6,
    startSeconds: (Date.now() - process.uptime() * 1000) / 1000,
  }
}
