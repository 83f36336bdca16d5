// @ts-check
import module from 'node:module'
import { cacheFolder } from './cache-folder.mjs'
import { resolveOwnModules } from './resolve.mjs'
import { loadZod } from './zod-locales.mjs'

// As start.mjs does: neither the compile cache nor hooks are passed on to a thread.
const cache = process.env['NODE_DISABLE_COMPILE_CACHE'] === '1' ? null : cacheFolder(process.env, 'compiled')
if (cache !== null) module.enableCompileCache(cache)

await loadZod()
resolveOwnModules()
await import('./steps-thread.ts')
