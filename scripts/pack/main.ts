// What `npm pack` and `npm publish` put into dist/: JavaScript, because Node strips no types below node_modules, and the
// declarations of the library, and the page. Dependencies stay outside: a reader's own lockfile pins them.
//
// The published package carries the pinned Node as optional dependencies, as the clone does: a host with Node 20 gets a working
// command. npm links that Node into the node_modules/.bin of whoever installs it; --omit=optional leaves it out.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type OutputChunk } from 'rolldown'
import { guardRuntime } from '../bootstrap/runtime.mjs'
import { buildPage, builtIndex, sourcesHash } from '../page/build.ts'

async function bundle(): Promise<void> {
  const { output } = await build({
    input: { belay: 'src/main/start.mjs', open: 'src/main/open.ts', 'steps-thread': 'src/main/steps-thread.mjs' },
    platform: 'node',
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    output: { dir: 'dist', format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
  })
  const entry = output.find((one): one is OutputChunk => one.type === 'chunk' && one.name === 'open')
  if (!entry?.exports.includes('openBelay')) throw new Error('src/main/open.ts does not export openBelay')
}

function declarations(): void {
  const { status } = spawnSync(process.execPath, ['node_modules/.bin/tsc', '-p', 'scripts/pack/tsconfig.json'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('tsc could not write the declarations; its message is above')
}

/** All but the page: an agent of this clone may be serving it. */
function clearDist(): void {
  mkdirSync('dist', { recursive: true })
  for (const name of readdirSync('dist')) {
    if (name !== 'page') rmSync(join('dist', name), { recursive: true, force: true })
  }
}

guardRuntime()
clearDist()
if (builtIndex()?.sources !== sourcesHash()) await buildPage()
await bundle()
declarations()
copyFileSync('scripts/pack/bin.mjs', 'dist/bin.js')
chmodSync('dist/bin.js', 0o755)
