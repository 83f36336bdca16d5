import { connect } from 'node:net'

/** put-client.ts SOCKET WORDS… — hands the words and its standard input to `putServer`, and ends as that did. */
const [socket = '', ...words] = process.argv.slice(2)
const connection = connect({ path: socket, allowHalfOpen: true })
connection.write(`${JSON.stringify(words)}\n`)
process.stdin.pipe(connection)
let said = ''
connection.on('data', (chunk: Buffer) => (said += chunk.toString()))
connection.on('end', () => {
  const { status, stderr } = JSON.parse(said) as { status: number; stderr: string }
  process.stderr.write(stderr)
  process.exit(status)
})
