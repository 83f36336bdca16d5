import { join } from 'node:path'
import { processIo } from '../cli/process-io.ts'
import { runCli } from '../cli/program.ts'
import type { CliPorts, OpenOptions } from '../cli/ports.ts'
import type { KnownTexts } from '../host/config/known-texts.ts'
import type { Engine } from '../ports/engine.ts'
import type { Settings } from '../protocol/settings.ts'
import type { Opening } from './agent.ts'
import { cacheFolder } from './cache-folder.mjs'
import { version, yamlVersion } from './version.ts'

/** The exit code of one command. Everything that a command does not need stays unloaded. */
export async function main(argv: readonly string[]): Promise<number> {
  return runCli(argv, processIo(), ports())
}

function ports(): CliPorts {
  const load = async ({ config }: OpenOptions, texts: KnownTexts | null) => {
    const [{ loadConfig }, { kindsFor, checkedKinds }] = await Promise.all([
      import('../host/config/load.ts'),
      import('./kinds.ts'),
    ])
    const known = texts === null ? null : { texts, kinds: checkedKinds }
    return loadConfig({ config, env: process.env, cwd: process.cwd() }, kindsFor, known)
  }
  const opening = async (options: OpenOptions, texts: KnownTexts | null): Promise<Opening> => {
    const [settings, { stateDirOf }] = await Promise.all([load(options, texts), import('./state.ts')])
    const stateDir = stateDirOf(options.state, settings)
    return { settings, stateDir, engine: () => loggingEngine(settings, stateDir, options) }
  }
  return {
    version,
    // To check a config is to read the text itself.
    loadSettings: async (options) => load(options, null),
    async open(options) {
      const { settings, stateDir, engine } = await opening(options, await knownConfigs())
      const { resumeCommand } = await import('./wire.ts')
      return finishingAfterBoot(await engine(), resumeCommand(settings, stateDir).argv)
    },
    async agent(options, say) {
      const { agent } = await import('./agent.ts')
      const known = await knownConfigs()
      return agent(() => opening(options, known), say, options.logLevel)
    },
    async reload(options) {
      const { reload } = await import('./agent.ts')
      return reload(await opening(options, null))
    },
    async serveReleases(options) {
      const { serveReleases } = await import('../cli/release/server.ts')
      return serveReleases(options)
    },
    async detect(cwd) {
      const [{ detectDeployment }, { packageRoot }] = await Promise.all([
        import('../host/detect/index.ts'),
        import('./program-file.ts'),
      ])
      return detectDeployment({ cwd, env: process.env, program: packageRoot() })
    },
    survey: async () => (await import('./survey.ts')).survey(process.env, version),
    async schedules(options) {
      const { schedules } = await import('./schedules.ts')
      return schedules(process.env, async () => {
        const settings = await load(options, null)
        const { stateDirOf } = await import('./state.ts')
        return { settings, stateDir: stateDirOf(options.state, settings) }
      })
    },
    readText: async (path) => (await import('./text-files.ts')).readText(path),
    writeText: async (path, text, options) => (await import('./text-files.ts')).writeText(path, text, options),
  }
}

/** An engine whose runs are written to the log. */
async function loggingEngine(settings: Settings, stateDir: string, { logLevel }: OpenOptions): Promise<Engine> {
  const [{ wire }, { runLog }] = await Promise.all([import('./wire.ts'), import('./run-log.ts')])
  const engine = await wire({ settings, stateDir, env: process.env })
  const { file, level } = settings.agent.log
  const log = file ?? join(stateDir, 'logs', 'updates.log')
  engine.subscribe(runLog(log, logLevel ?? level, (text) => process.stderr.write(text)))
  return engine
}

async function knownConfigs(): Promise<KnownTexts | null> {
  const folder = cacheFolder(process.env, 'parsed')
  if (folder === null) return null
  const { knownTexts } = await import('../host/config/known-texts.ts')
  return knownTexts(folder, `${version} ${yamlVersion}`)
}

/** What `resume --boot` had to leave is taken up again by itself, when services run. */
function finishingAfterBoot(engine: Engine, argv: readonly [string, ...string[]]): Engine {
  return {
    ...engine,
    async resume(options) {
      const ended = await engine.resume(options)
      if (options.boot && ended.deferred) {
        const { resumeAfterBoot } = await import('./after-boot.ts')
        const [program, ...words] = argv
        await resumeAfterBoot([program, ...words.filter((word) => word !== '--boot')])
      }
      return ended
    },
  }
}
