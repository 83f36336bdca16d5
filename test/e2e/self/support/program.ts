/** Releases of Belay itself, built of this checkout as `npm pack` builds it, with what it depends on inside. */
import { readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'rolldown'
import { packRelease, type ReleaseArchive } from '../../bed/archive.ts'

const root = resolve(import.meta.dirname, '../../../..')

/** `crashes`: its agent ends at once. `hangs`: it never says a word. `ill`: it works, and a check of the config finds it ill. */
export type Fault = 'none' | 'crashes' | 'hangs' | 'ill'

const faults: Readonly<Record<Fault, string>> = {
  none: '',
  crashes: "if (process.argv.includes('agent')) throw new Error('this version cannot start')\n",
  hangs: "if (process.argv.includes('agent')) { setInterval(() => {}, 1e9); await new Promise(() => {}) }\n",
  ill: '',
}

/**
 * Where a test wants a process to die: `--here after:7` is the driver, `agent before:1` the agent that begins a run; once.
 * `stop` stands still instead. `.done` says that it happened, `.count` how many records the driver wrote.
 */
export const killFile = '/var/lib/belay-test/kill'

const deadly = `
import { readFileSync as readKill, rmSync as rmKill, writeFileSync as noteKill } from 'node:fs'
let appends = 0
globalThis.belayTestJournal = (journal) => ({
  ...journal,
  async append(run, ...entries) {
    appends += 1
    let who = '', when = '', at = ''
    try { [who, when, at] = readKill('${killFile}', 'utf8').trim().split(/[ :]/) } catch {}
    if (!process.argv.includes(who) || Number(at) !== appends) when = ''
    const die = (word, signal) => {
      if (when !== word) return
      rmKill('${killFile}')
      noteKill('${killFile}.done', word)
      // The first process of a container is deaf to its own signals.
      if (process.pid !== 1) process.kill(process.pid, signal)
      else if (signal === 'SIGKILL') process.reallyExit(137)
      else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    }
    die('before', 'SIGKILL')
    const recorded = await journal.append(run, ...entries)
    if (process.argv.includes('--here')) try { noteKill('${killFile}.count', String(appends)) } catch {}
    die('after', 'SIGKILL')
    die('stop', 'SIGSTOP')
    return recorded
  },
})
`

/** Bundles this checkout once; the releases are copies of it that differ in little. */
export async function buildProgram(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-program-'))
  await build({
    input: { belay: join(root, 'src/main/start.mjs'), 'steps-thread': join(root, 'src/main/steps-thread.mjs') },
    cwd: root,
    platform: 'node',
    // Every package inside: the devices have none.
    external: (id) => id.startsWith('node:'),
    logLevel: 'silent',
    plugins: [
      {
        name: 'journal that kills',
        transform(code, id) {
          if (!id.endsWith('/src/main/wire.ts')) return null
          const wrapped = code.replace(
            'wrapJournal = (same) => same',
            'wrapJournal = globalThis.belayTestJournal ?? ((same) => same)',
          )
          if (wrapped === code) throw new Error('wire.ts does not take a journal any more')
          return wrapped
        },
      },
      {
        name: 'a shorter patience',
        transform(code, id) {
          if (!id.endsWith('/src/main/self-parts.ts')) return null
          // A good version says so within that, also where its machine stands still for a while.
          const shorter = code.replace('confirmTimeoutMs = 60_000', 'confirmTimeoutMs = 20_000')
          if (shorter === code) throw new Error('self-parts.ts has another patience')
          return shorter
        },
      },
    ],
    output: {
      dir: join(dir, 'dist'),
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
    },
  })
  return dir
}

export async function packBelay(
  program: string,
  into: string,
  version: string,
  fault: Fault = 'none',
): Promise<ReleaseArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-release-'))
  try {
    await writeBelay(program, folder, version, fault)
    return await packRelease(folder, 'flat', version, join(into, `belay-${version}.tar.gz`))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export async function writeBelay(
  program: string,
  folder: string,
  version: string,
  fault: Fault = 'none',
): Promise<void> {
  await mkdir(folder, { recursive: true })
  await cp(join(program, 'dist'), join(folder, 'dist'), { recursive: true })
  const entry = join(folder, 'dist/belay.js')
  await writeFile(entry, `${deadly}${faults[fault]}${await readFile(entry, 'utf8')}`)
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
  await writeFile(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'belay', version, type: 'module', dependencies }),
  )
  await writeFile(join(folder, 'VERSION'), `${version}\n`)
  if (fault === 'ill') await writeFile(join(folder, 'ill'), '')
}
