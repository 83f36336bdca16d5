import { readFileSync } from 'node:fs'
import { guardRuntime } from '../bootstrap/runtime.mjs'
import { lockfileFaults } from './rules.ts'

guardRuntime()
const faults = lockfileFaults(readFileSync('package-lock.json', 'utf8'), readFileSync('package.json', 'utf8'))
for (const fault of faults) console.log(fault)
process.exitCode = faults.length > 0 ? 1 : 0
