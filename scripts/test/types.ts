// The types of both parts of the clone: what runs on Node, and what runs in a browser, where other globals exist.
import { spawnSync } from 'node:child_process'
import { guardRuntime } from '../bootstrap/runtime.mjs'

guardRuntime()
const failed = ['.', 'web'].filter((project) => {
  const args = ['node_modules/.bin/tsc', '--noEmit', '-p', project]
  return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
