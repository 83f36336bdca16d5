// @ts-check
import module from 'node:module'
import { cacheFolder } from './cache-folder.mjs'
import { resolveOwnModules } from './resolve.mjs'
import { loadZod } from './zod-locales.mjs'

/**
 * Commands that may move gigabytes, chunk by chunk. A chunk that was written stays in memory until the young generation is
 * swept, and V8 lets that one grow to 32 MB before it looks: kept at its first size, it is swept often and costs less.
 * Before the compile cache is on, because code that was compiled under other flags is not taken: each set has a folder.
 */
const moving = /^(agent|update|rollback|resume|adopt|forget|backups|release)$/
if (process.argv.some((word) => moving.test(word))) {
  const { setFlagsFromString } = await import('node:v8')
  setFlagsFromString('--semi-space-growth-factor=1')
}

/**
 * Starts the command line. Nothing else is loaded before the compile cache is on, so that everything after it comes from
 * there at the next start. JavaScript, because what comes before the cache would load the compiler of TypeScript, which
 * takes longer than an empty program. See docs/decisions/0004-startup.md.
 */
const cache = process.env['NODE_DISABLE_COMPILE_CACHE'] === '1' ? null : cacheFolder(process.env, 'compiled')
if (cache !== null) module.enableCompileCache(cache)

if (process.argv[2] === 'forward') {
  // Alone in its process, for months: it takes what forwarding needs, and no command line.
  resolveOwnModules()
  await import('./forward.ts')
} else {
  await loadZod()
  resolveOwnModules()
  await import('./belay.ts')
}
