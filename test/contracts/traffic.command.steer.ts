/** What an administrator could have written to steer a Caddy: ADMIN FILE switch SLOT | active | open ADDRESS. */
import { existsSync, rmSync, writeFileSync } from 'node:fs'

const [admin = '', file = '', what, about] = process.argv.slice(2)
const answer = await fetch(`${admin}/reverse_proxy/upstreams`)
const upstreams = (await answer.json()) as readonly { readonly address: string; readonly num_requests: number }[]
if (what === 'active') process.stdout.write(existsSync(file) ? 'green' : 'blue')
else if (what === 'open')
  process.stdout.write(String(upstreams.find(({ address }) => address === about)?.num_requests ?? 0))
else if (about === 'green') writeFileSync(file, '')
else rmSync(file, { force: true })
