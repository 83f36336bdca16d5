// `npm run lock -- [npm install arguments]`: installs, and leaves a lockfile that works on every platform and registry.
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { guardRuntime } from '../bootstrap/runtime.mjs'
import { completeLock } from './complete.ts'

guardRuntime()
const args = ['install', '--ignore-scripts', ...process.argv.slice(2)]
const { status } = spawnSync('npm', args, { stdio: 'inherit' })
if (status === 0) {
  const lock = completeLock(JSON.parse(readFileSync('package-lock.json', 'utf8')))
  writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
}
process.exitCode = status ?? 1
