// What `npm pack` and `npm publish` put into dist/: JavaScript, because Node strips no types below node_modules, and the
// declarations of the library. Dependencies stay outside: a reader's own lockfile pins them.
//
// The published package carries the pinned Node as optional dependencies, as the clone does: a host with Node 20 gets a working
// command. npm links that Node into the node_modules/.bin of whoever installs it; --omit=optional leaves it out.
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { build, type OutputChunk } from 'rolldown'
import { guardRuntime } from '../bootstrap/runtime.mjs'

async function bundle(): Promise<void> {
  const { output } = await build({
    input: { belay: 'src/main/start.mjs', open: 'src/main/open.ts' },
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

guardRuntime()
rmSync('dist', { recursive: true, force: true })
await bundle()
declarations()
copyFileSync('scripts/pack/bin.mjs', 'dist/bin.js')
chmodSync('dist/bin.js', 0o755)
