// @ts-check
// files-check.mjs CACHE STATE ROOT full|warm — holds an installed tree against its record, as `belay check` does.
import module from 'node:module'

const [cache = '', state = '', root = '', how = 'warm'] = process.argv.slice(2)
// As src/main/start.mjs: nothing of TypeScript is loaded before the compile cache is on.
module.enableCompileCache(cache)
const { installedPlaces, readInstalled } = await import('../../src/host/git-objects/installed.ts')
const places = installedPlaces(state, 'bench')
const found = await readInstalled(root, places, { full: how === 'full', signal: new AbortController().signal })
process.stdout.write(`${found?.commit ?? 'nothing'} ${found?.edited.length ?? -1}\n`)
