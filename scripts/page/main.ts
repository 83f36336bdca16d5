// `npm run page`: builds the page that `belay agent` serves. With --if-changed only when its sources changed since.
import { guardRuntime } from '../bootstrap/runtime.mjs'
import { buildPage, builtIndex, firstLoadBytes, sourcesHash } from './build.ts'

guardRuntime()
const known = process.argv.includes('--if-changed') ? builtIndex() : null
if (known === null || known.sources !== sourcesHash()) {
  const index = await buildPage()
  const bytes = firstLoadBytes(index)
  console.log(`belay: the page is in dist/page; its first load is ${(bytes / 1000).toFixed(1)} kB, packed by brotli`)
}
