import { configureGlobal } from 'fast-check'
import { seed } from './crash/support/sample.ts'

// What `npm test` says repeats all that is drawn, the inputs of properties among it.
configureGlobal({ seed: Number(seed) })
