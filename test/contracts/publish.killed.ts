import { join } from 'node:path'
import { openPublisher } from '../../src/publisher/index.ts'

/** Publishes, and is killed behind the second write. */
const [dir = '', passphrase = ''] = process.argv.slice(2)
let writes = 0
const publisher = openPublisher(
  {
    now: () => Date.now(),
    http: () => {
      throw new Error('nothing is asked')
    },
    wrote: () => {
      if (++writes === 2) process.kill(process.pid, 'SIGKILL')
    },
  },
  { dir, keysDir: join(dir, 'keys'), passphrase: () => Promise.resolve(passphrase) },
)
await publisher.publish(null)
