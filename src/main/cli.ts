import { processIo } from '../cli/process-io.ts'
import { runCli } from '../cli/program.ts'
import type { CliPorts, OpenOptions } from '../cli/ports.ts'
import { version } from './version.ts'

/** The exit code of one command. Everything that a command does not need stays unloaded. */
export async function main(argv: readonly string[]): Promise<number> {
  const code = await runCli(argv, processIo(), ports())
  return code
}

function ports(): CliPorts {
  const loadSettings = async ({ config }: OpenOptions) => {
    const [{ loadConfig }, { allKinds }] = await Promise.all([import('../host/config/load.ts'), import('./kinds.ts')])
    return loadConfig({ config, env: process.env, cwd: process.cwd() }, allKinds())
  }
  return {
    version,
    loadSettings,
    async open(options) {
      const [{ wire }, { stateDirOf }] = await Promise.all([import('./wire.ts'), import('./open.ts')])
      const settings = await loadSettings(options)
      return wire({ settings, stateDir: stateDirOf(options.state, settings), env: process.env })
    },
    async serveReleases(options) {
      const { serveReleases } = await import('../cli/release/server.ts')
      return serveReleases(options)
    },
    readText: async (path) => (await import('./text-files.ts')).readText(path),
    writeText: async (path, text, options) => (await import('./text-files.ts')).writeText(path, text, options),
  }
}
