import { main } from './cli.ts'

/** The command line. */
// A run may still be under way after a second Ctrl-C: its journal is all that it needs.
process.exit(await main(process.argv.slice(2)))
