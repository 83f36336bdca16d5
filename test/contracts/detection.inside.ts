// Prints what is read of the place that it runs in, as `classify` gets it:
//   node test/contracts/detection.inside.ts PROGRAM_FOLDER
import { readMachine } from '../../src/host/detect/index.ts'

const readings = await readMachine({ cwd: process.cwd(), env: process.env, program: process.argv[2] ?? '/' })
process.stdout.write(`${JSON.stringify(readings)}\n`)
