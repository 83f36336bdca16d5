#!/usr/bin/env node
// @ts-check
// The command of the published package. It starts on any Node from 20: where that one is too old for Belay, the command goes
// on under the Node that came along as an optional dependency.
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { constants } from 'node:os'

const leastMajor = 24

/** @returns {string | null} */
function nodeThatCame() {
  try {
    return createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/bin/node`)
  } catch {
    return null
  }
}

/** @param {string} node */
function continueUnder(node) {
  const child = spawn(node, [new URL(import.meta.url).pathname, ...process.argv.slice(2)], { stdio: 'inherit' })
  // A terminal sends Ctrl-C to both: what it means is for the command to decide.
  process.on('SIGINT', () => {})
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal))
  child.once('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal]
  })
}

const node = nodeThatCame()
if (Number.parseInt(process.versions.node, 10) >= leastMajor) {
  await import(new URL('belay.js', import.meta.url).href)
} else if (node === null) {
  console.error(`belay: needs Node ${leastMajor} or later, and this is ${process.version}`)
  process.exitCode = 2
} else {
  continueUnder(node)
}
