// @ts-check
// Many readers at once, in a process of their own: node load.mjs URL TOKEN SECONDS RATE PAGES. Prints what came of it as JSON.
import { Agent, get } from 'node:http'

const [url = '', token = '', seconds = '30', rate = '1000', pages = '50'] = process.argv.slice(2)
const headers = { authorization: `Bearer ${token}` }
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
const tickMs = 10
const perTick = (Number(rate) * tickMs) / 1000
const result = { asked: 0, answered: 0, failed: 0, slowestMs: 0, hints: 0 }

/** @type {import('node:http').ClientRequest[]} */
const open = []
for (let page = 0; page < Number(pages); page++) {
  const request = get(`${url}/api/v1/events`, { headers, agent: false }, (response) => {
    response.on('data', () => result.hints++)
    response.on('error', () => {})
  })
  request.on('error', () => {})
  open.push(request)
}

function read() {
  const startedAt = performance.now()
  result.asked++
  const request = get(`${url}/api/v1/components`, { headers, agent }, (response) => {
    response.resume()
    response.on('end', () => {
      if (response.statusCode === 200) result.answered++
      else result.failed++
      result.slowestMs = Math.max(result.slowestMs, performance.now() - startedAt)
    })
  })
  request.on('error', () => result.failed++)
}

const endsAt = performance.now() + Number(seconds) * 1000
let owed = 0
const ticking = setInterval(() => {
  if (performance.now() >= endsAt) {
    clearInterval(ticking)
    setTimeout(() => {
      for (const request of open) request.destroy()
      agent.destroy()
      console.log(JSON.stringify(result))
    }, 1000)
    return
  }
  for (owed += perTick; owed >= 1; owed--) read()
}, tickMs)
console.log('ready')
