// A notice board: what an application looks like to Belay. It reads its version from the tree it came in, keeps its data
// outside of it, answers /health, and ends when it is asked to.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { DatabaseSync } from 'node:sqlite'

const { BOARD_PORT, BOARD_DATA = 'board.db' } = process.env
const version = readFileSync(new URL('VERSION', import.meta.url), 'utf8').trim()
const page = readFileSync(new URL('page.html', import.meta.url), 'utf8')

const data = new DatabaseSync(BOARD_DATA)
data.exec('create table if not exists notices (id integer primary key, text text not null)')
if (data.prepare('select 1 from notices').get() === undefined) {
  data.exec("insert into notices (text) values ('The ladder is back'), ('Soup on Friday')")
}

const notices = () => data.prepare('select text from notices order by id desc').all()
const item = (/** @type {unknown} */ text) =>
  `<li>${String(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</li>`

function home() {
  const items = notices().map(({ text }) => item(text))
  const filled = page.replaceAll('{version}', version).replace('{count}', String(items.length))
  return filled.replace('{notices}', () => items.join(''))
}

const health = () => JSON.stringify({ status: 'ok', version, notices: notices().length })

const server = createServer((request, response) => {
  const make = request.url === '/' ? home : request.url === '/health' ? health : null
  try {
    const body = make?.() ?? '{"error":"there is nothing here"}'
    response.setHeader('content-type', make === home ? 'text/html; charset=utf-8' : 'application/json')
    response.writeHead(make === null ? 404 : 200).end(body)
  } catch (error) {
    const { message } = /** @type {Error} */ (error)
    console.error(`board: ${request.url}: ${message}`)
    response.writeHead(500, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }))
  }
})
server.listen(Number(BOARD_PORT), '127.0.0.1', () => console.log(`board ${version} is ready`))

process.on('SIGTERM', () => {
  server.close(() => data.close())
  server.closeAllConnections()
})
