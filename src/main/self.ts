import { realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { basename, relative, sep } from 'node:path'
import { holds } from '../host/self/slot.ts'
import type { SelfQuestion, SelfRuns } from '../ports/self.ts'
import { packageRoot, programFile } from './program-file.ts'
import type { SelfPlace } from './self-parts.ts'
import type { DriverEnvironment } from '../host/self/unit.ts'

export interface SelfOptions extends SelfPlace {
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Each kind of driver is loaded when there is one. */
const use = {
  container: () => import('../host/self/container.ts'),
  unit: () => import('../host/self/unit.ts'),
}

/** How Belay moves itself on this host. */
export function selfRuns(options: SelfOptions): SelfRuns {
  const { stateDir } = options
  return {
    async recognise(asked) {
      const { type, path } = asked.settings.strategy
      if (!isOwnProgram()) return null
      if (type === 'compose') return (await import('./self-container.ts')).container(options, asked)
      if (typeof path !== 'string' || !holds(path, programFile()) || isPartOf(path, asked)) return null
      if (type !== 'directory') return (await import('./self-parts.ts')).layoutProblem(asked, `strategy ${type}`)
      return (await import('./self-slots.ts')).slots(options, asked)
    },
    async start(beside) {
      if (beside.kind === 'systemd')
        return (await use.unit()).startUnit(beside, stateDir, await driverEnvironment(options))
      return (await use.container()).startContainer(beside)
    },
    async cancel(beside) {
      if (beside.kind === 'systemd') return (await use.unit()).interruptUnit(beside)
      return (await use.container()).interruptContainer(beside)
    },
    async tidy(beside) {
      if (beside.kind === 'systemd') return (await use.unit()).tidyUnit(stateDir)
      return (await use.container()).removeContainer(beside)
    },
  }
}

/** An application that has Belay in it as a library is not Belay. */
function isOwnProgram(): boolean {
  const [, main = ''] = process.argv
  return holds(packageRoot(), main)
}

/** The command line may be one of the packages of an application: that one is what its service starts. */
function isPartOf(path: string, { installed }: SelfQuestion): boolean {
  const program = realpathSync(programFile())
  if (!relative(realpathSync(path), program).split(sep).includes('node_modules')) return false
  return !(installed.service?.state.paths ?? []).some((used) => basename(used) === basename(program))
}

/** What works for whoever asked works for the driver. */
async function driverEnvironment({ settings, env }: SelfOptions): Promise<DriverEnvironment> {
  const [{ jobEnvironment }, { environmentSecrets }] = await Promise.all([
    import('../host/schedule/environment.ts'),
    import('./secret-names.ts'),
  ])
  const { homedir, uid } = userInfo()
  const { environment } = await jobEnvironment(env, { home: homedir, root: uid === 0 })
  const secret = environmentSecrets(settings).flatMap((name) => {
    const value = env[name] ?? ''
    return value === '' || /[\r\n]/.test(value) ? [] : [[name, value] as const]
  })
  return { plain: environment, secret: Object.fromEntries(secret) }
}
