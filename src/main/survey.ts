import { readdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Survey } from '../cli/ports.ts'

const namesMax = 2000
const gitTimeoutMs = 10_000
const gitOutputBytesMax = 256 * 1024

type Environment = Readonly<Record<string, string | undefined>>

/** What `init` looks at on this host and asks of sources, through the same adapters as `check`. Keeps nothing. */
export function survey(env: Environment, version: string): Survey {
  return {
    list,
    changes,
    async ask(source, allowHttp, signal) {
      const { openAdapters } = await import('./adapters.ts')
      const { allLoaders } = await import('./loaders.ts')
      const deps = await depsFor(env, version, allowHttp)
      try {
        const adapters = openAdapters(allLoaders(deps))
        const { releases } = await (await adapters.source(source)).list({ force: true, cacheMs: 0, signal })
        return releases.map((release) => release.version)
      } finally {
        await (await deps.http()).close()
      }
    },
    async validate(text, file) {
      const [{ parseConfigWith }, { kindsFor }] = await Promise.all([
        import('../host/config/parse.ts'),
        import('./kinds.ts'),
      ])
      await parseConfigWith({ file, shown: file, text, baseDir: dirname(file) }, kindsFor)
    },
  }
}

async function list(path: string): Promise<readonly string[] | null> {
  try {
    if (!(await stat(path)).isDirectory()) return null
    return (await readdir(path)).toSorted().slice(0, namesMax)
  } catch {
    return null
  }
}

/** Git asks for the owner of the checkout first, so nothing that a stranger's config names is run. */
async function changes(folder: string): Promise<number | null> {
  const { run } = await import('../host/process/run.ts')
  const options = ['--no-optional-locks', '-c', 'core.fsmonitor=false']
  try {
    const { code, stdout } = await run({
      argv: ['git', ...options, 'status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=all'],
      cwd: folder,
      env: { GIT_TERMINAL_PROMPT: '0' },
      timeoutMs: gitTimeoutMs,
      signal: new AbortController().signal,
      outputBytesMax: gitOutputBytesMax,
    })
    return code === 0 ? stdout.split('\0').filter((entry) => /^[ A-Z]{2} /.test(entry)).length : null
  } catch {
    return null
  }
}

async function depsFor(env: Environment, version: string, allowHttp: readonly string[]) {
  const [{ systemClock }, { openSecrets }, { httpClient }] = await Promise.all([
    import('../host/clock.ts'),
    import('../host/secrets.ts'),
    import('../host/http/client.ts'),
  ])
  const clock = systemClock()
  const client = httpClient({ allowHttp, version, clock, environment: env })
  return {
    stateDir: '/nonexistent',
    clock,
    secrets: openSecrets(env),
    platform: { os: process.platform, arch: process.arch },
    http: async () => client,
    // There is no state folder yet, and none is made for a question.
    cache: async () => ({ read: async () => null, write: async () => {} }),
    allowHttp,
    environment: env,
  }
}
