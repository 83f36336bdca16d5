// @ts-check
import module from 'node:module'
import { cacheFolder } from './cache-folder.mjs'
import { loadZod } from './zod-locales.mjs'

/**
 * Starts the command line. Nothing else is loaded before the compile cache is on, so that everything after it comes from
 * there at the next start. JavaScript, because what comes before the cache would load the compiler of TypeScript, which
 * takes longer than an empty program.
 */
const cache = process.env['NODE_DISABLE_COMPILE_CACHE'] === '1' ? null : cacheFolder(process.env, 'compiled')
if (cache !== null) module.enableCompileCache(cache)
await loadZod()
await import('./belay.ts')
