import module from 'node:module'
import { prepareCompileCache } from './compile-cache.ts'

/**
 * The command line. Nothing but this and the compile cache is loaded before the cache is on, so that everything after it
 * comes from there at the next start.
 */
const cache = prepareCompileCache(process.env)
if (cache !== null) module.enableCompileCache(cache)
const { main } = await import('./cli.ts')
// A run may still be under way after a second Ctrl-C: its journal is all that it needs.
process.exit(await main(process.argv.slice(2)))
