// The application that is updated: it answers /health and does nothing else.
import { createServer } from 'node:http'

const server = createServer((_, response) => response.end('{"status":"ok"}'))
server.listen(Number(process.env['APP_PORT']), '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
