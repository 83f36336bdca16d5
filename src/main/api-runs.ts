import type { Inside } from '../agent/ports.ts'
import type { ApiPorts } from '../api/ports.ts'
import { createOverview } from '../api/runs/overview.ts'
import { createStarter } from '../api/runs/start.ts'
import { createWatcher } from '../api/runs/watch.ts'
import type { Facts } from '../core/model/problem.ts'
import { holds } from '../host/self/slot.ts'
import type { Say } from '../ports/agent.ts'
import type { SteadyClock } from '../ports/clock.ts'
import type { ComponentSettings } from '../protocol/settings.ts'
import { packageRoot, programFile } from './program-file.ts'

type Runs = Pick<ApiPorts, 'use' | 'run' | 'starter' | 'watcher' | 'overview' | 'stopping' | 'reload' | 'deployment'>

interface RunsOptions {
  readonly inside: Inside
  readonly clock: SteadyClock
  readonly say: Say
}

/** What the API does with runs and shows of components. */
export function openRuns({ inside, clock, say }: RunsOptions): Runs {
  const overview = createOverview({ ...inside, clock, isSelf })
  return {
    use: inside.use,
    run: inside.run,
    reload: inside.reload,
    stopping: inside.stopping,
    starter: createStarter({ ...inside, clock, say }),
    watcher: createWatcher({ ...inside, clock, told: overview.stale }),
    overview,
    deployment: lookedAtNowAndThen(clock),
  }
}

/** An image of its own tells only when it is planned. */
function isSelf({ strategy: { path } }: ComponentSettings): boolean {
  return typeof path === 'string' && holds(path, programFile())
}

const deploymentMs = 60_000

/** To look at a host asks many programs, and hosts change slowly. */
function lookedAtNowAndThen(clock: SteadyClock): () => Promise<Facts> {
  let last: { readonly at: number; readonly found: Promise<Facts> } | null = null
  return async () => {
    if (last === null || clock.uptime() - last.at > deploymentMs) last = { at: clock.uptime(), found: lookAtHost() }
    return last.found
  }
}

async function lookAtHost(): Promise<Facts> {
  const [{ detectDeployment }, { detectDocument }] = await Promise.all([
    import('../host/detect/index.ts'),
    import('../cli/render/detect-document.ts'),
  ])
  const found = await detectDeployment({ cwd: '/', env: process.env, program: packageRoot() })
  return JSON.parse(JSON.stringify(detectDocument(found))) as Facts
}
