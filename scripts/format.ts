// `npm run format` writes; `npm test` only checks.
import { spawnSync } from 'node:child_process'
import { guardRuntime } from './bootstrap/runtime.mjs'

guardRuntime()
const paths = process.argv.length > 2 ? process.argv.slice(2) : ['.']
const result = spawnSync(process.execPath, ['node_modules/.bin/biome', 'format', '--write', ...paths], {
  stdio: 'inherit',
})
process.exitCode = result.status ?? 1
