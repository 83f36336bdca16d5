import { join } from 'node:path'
import { processIo } from '../cli/process-io.ts'
import { runCli } from '../cli/program.ts'
import type { CliPorts, OpenOptions } from '../cli/ports.ts'
import type { KnownTexts } from '../host/config/known-texts.ts'
import type { Engine } from '../ports/engine.ts'
import type { Settings } from '../protocol/settings.ts'
import type { Opening } from './agent.ts'
import { cacheFolder } from './cache-folder.mjs'
import type { Sends } from './traces.ts'
import type { Wiring } from './wire.ts'
import { version, yamlVersion } from './version.ts'

/** The exit code of one command. Everything that a command does not need stays unloaded. */
export async function main(argv: readonly string[]): Promise<number> {
  const sends: Sends = new Set()
  const code = await runCli(argv, processIo(), ports(sends))
  if (sends.size > 0) await (await import('./traces.ts')).endOfTraces(sends)
  return code
}

function ports(sends: Sends): CliPorts {
  const load = async ({ config }: OpenOptions, texts: KnownTexts | null) => {
    const [{ loadConfig }, { kindsFor, checkedKinds }] = await Promise.all([
      import('../host/config/load.ts'),
      import('./kinds.ts'),
    ])
    const known = texts === null ? null : { texts, kinds: checkedKinds }
    return {
      read: await loadConfig({ config, env: process.env, cwd: process.cwd() }, kindsFor, known),
      kindsFor,
      known,
    }
  }
  const loadState = async (options: OpenOptions, texts: KnownTexts | null) => {
    const [{ read }, { stateDirOf }] = await Promise.all([load(options, texts), import('./state.ts')])
    return { settings: read.settings, stateDir: stateDirOf(options.state, read.settings) }
  }
  const opening = async (options: OpenOptions, texts: KnownTexts | null, threaded = false): Promise<Opening> => {
    const [{ read, kindsFor, known }, { settingsIn }] = await Promise.all([
      load(options, texts),
      import('./settings.ts'),
    ])
    const { settings, stateDir } = await settingsIn(read, options.state, kindsFor, known)
    const log = await openLog(settings, stateDir)
    return {
      read,
      settings,
      stateDir,
      log,
      engine: () => loggingEngine({ settings, stateDir, env: process.env, threaded }, log, options, sends),
    }
  }
  return {
    version,
    // To check a config is to read the text itself.
    loadSettings: async (options) => (await load(options, null)).read.settings,
    async open(options) {
      const { settings, stateDir, engine } = await opening(options, await knownConfigs())
      const { resumeCommand } = await import('./wire.ts')
      const { audited } = await import('./audited.ts')
      const record = async () => (await import('./access-tools.ts')).recordIn(stateDir)()
      const recorded = audited(await engine(), record, (text) => process.stderr.write(text))
      return finishingAfterBoot(recorded, resumeCommand({ settings, stateDir }).argv)
    },
    async agent(options, say) {
      const { agent } = await import('./agent.ts')
      const known = await knownConfigs()
      return agent(() => opening(options, known, true), say, options.logLevel)
    },
    async reload(options) {
      const { reload } = await import('./agent.ts')
      return reload(await opening(options, null))
    },
    async access(options) {
      const { stateDir } = await loadState(options, await knownConfigs())
      return (await import('./access-tools.ts')).accessTools(stateDir)
    },
    async supportBundle(options, file) {
      const { settings, stateDir, engine: open } = await opening(options, null)
      const { writeBundle } = await import('./support-bundle.ts')
      const engine = await open()
      try {
        return await writeBundle({ settings, stateDir, engine, env: process.env, now: Date.now() }, file)
      } finally {
        engine.close()
      }
    },
    async makeBundle(options, request) {
      const settings = async () => (await loadState(options, null)).settings
      return (await import('./release-bundle.ts')).makeBundle(request, { settings, env: process.env })
    },
    async channels(options) {
      const { settings, stateDir } = await opening(options, await knownConfigs())
      const [{ openChannels }, { systemClock }] = await Promise.all([import('./notify.ts'), import('../host/clock.ts')])
      return openChannels({ stateDir, clock: systemClock(), env: process.env, settings: () => settings })
    },
    manifestTools: async () => (await import('../publisher/manifest/index.ts')).manifestTools,
    publisher: async (options) => (await import('./publisher.ts')).publisher(options),
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
      return schedules(process.env, async () => loadState(options, null))
    },
    readText: async (path) => (await import('./text-files.ts')).readText(path),
    writeText: async (path, text, options) => (await import('./text-files.ts')).writeText(path, text, options),
  }
}

async function openLog({ agent }: Settings, stateDir: string): Promise<Opening['log']> {
  const { logFile } = await import('../host/log/log-file.ts')
  const { file, rotate } = agent.log
  const places = [...(file === null ? [] : [file]), join(stateDir, 'logs', 'updates.log')]
  const warn = (text: string) => process.stderr.write(`belay: ${text}\n`)
  return logFile({ places, rotate, now: Date.now, warn })
}

/** An engine whose runs are written to the log. */
async function loggingEngine(
  wiring: Wiring,
  log: Opening['log'],
  { logLevel }: OpenOptions,
  sends: Sends,
): Promise<Engine> {
  const [{ wire }, { runLog }] = await Promise.all([import('./wire.ts'), import('./run-log.ts')])
  const engine = await wire({ ...wiring, ...(await tracing(wiring, log, sends)) })
  engine.subscribe(runLog(log, logLevel ?? wiring.settings.agent.log.level))
  return engine
}

/** Lets runs be told as traces, where the config asks for it. */
async function tracing(
  { settings: { agent }, env }: Wiring,
  log: Opening['log'],
  sends: Sends,
): Promise<Pick<Wiring, 'wrapJournal'>> {
  const { traces: to, allowHttp } = agent
  if (to === null) return {}
  const { tracedJournal } = await import('./traces.ts')
  const warn: Opening['log'] = (line) => {
    log(line)
    process.stderr.write(`belay: ${line.text}\n`)
  }
  return { wrapJournal: (journal) => tracedJournal(journal, { to, allowHttp, env, sends, warn }) }
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
        await resumeAfterBoot([program, ...words.filter((word) => word !== '--boot'), '--here'])
      }
      return ended
    },
  }
}
