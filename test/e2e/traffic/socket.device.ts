// Replaces one version by the next, over and over, under the load of people who never ask twice, with the units and the server of the
// guide as they stand, against the real systemd of the device that it is started in, as root, with Node alone:
//   node test/e2e/traffic/socket.device.ts node 10
// Writes what they met with, and which version answered after each replacement, as JSON.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { otherSlot, type Slot, slots } from '../../../src/core/traffic/slots.ts'
import { systemdServices } from '../../../src/services/systemd/index.ts'
import { failures } from '../../fakes/traffic/load-result.ts'
import { startLoad } from '../../fakes/traffic/loaded.ts'

const examples = join(import.meta.dirname, '../../../docs/guide/examples/zero-downtime')
const execute = promisify(execFile)
const never = new AbortController().signal
const url = 'http://127.0.0.1:8080'
const [language = 'node', times = '10'] = process.argv.slice(2)
const systemd = systemdServices()

function serviceOf(slot: Slot) {
  const spec = systemd.inSlot?.(systemd.config.parse({ type: 'systemd', unit: 'crm@' }), slot, null)
  if (typeof spec !== 'object') throw new Error(`no slot: ${spec}`)
  return systemd.open(systemd.config.parse(spec), { component: 'crm', spec, cwd: '/', user: null })
}

async function install(): Promise<void> {
  await execute('useradd', ['--system', 'crm'])
  for (const unit of ['crm.socket', 'crm-queue.service', 'crm@.service']) {
    await copyFile(join(examples, unit), join('/etc/systemd/system', unit))
  }
  if (language === 'python') {
    await mkdir('/etc/systemd/system/crm@.service.d')
    const text = '[Service]\nNotifyAccess=main\nExecStart=\nExecStart=/usr/bin/python3 server.py\n'
    await writeFile('/etc/systemd/system/crm@.service.d/python.conf', text)
  }
  for (const slot of slots) {
    await mkdir(`/srv/crm/releases/${slot}`, { recursive: true })
    await symlink(`releases/${slot}`, `/srv/crm/${slot}`)
    await writeFile(`/srv/crm/${slot}.env`, `BELAY_SLOT=${slot}\n`)
    for (const file of ['graceful.mjs', 'server.mjs', 'server.py']) {
      await copyFile(join(examples, file), `/srv/crm/${slot}/${file}`)
    }
  }
  await execute('systemctl', ['daemon-reload'])
  await execute('systemctl', ['enable', '--now', 'crm.socket'])
}

async function run(slot: Slot, version: string): Promise<void> {
  await writeFile(`/srv/crm/${slot}/VERSION`, `${version}\n`)
  await serviceOf(slot).start(never)
  await serviceOf(slot).setBoot?.(true, never)
}

async function leave(slot: Slot): Promise<number> {
  const begun = performance.now()
  const service = serviceOf(slot)
  await service.setBoot?.(false, never)
  await service.terminate?.(never)
  while ((await service.inspect()).running) await new Promise((resolve) => setTimeout(resolve, 20))
  return Math.round(performance.now() - begun)
}

/** What somebody is told who comes now, by a connection of their own. */
async function greeted(): Promise<string | null> {
  const response = await fetch(url, { headers: { connection: 'close' } })
  await response.text()
  return response.headers.get('x-version')
}

await install()
await run('blue', '0')
const seen = [await greeted()]
const load = await startLoad({ url, slow: 0, streams: 0 })
const leftMs: number[] = []
let slot: Slot = 'blue'
for (let n = 1; n <= Number(times); n += 1) {
  await run(otherSlot(slot), String(n))
  leftMs.push(await leave(slot))
  slot = otherSlot(slot)
  seen.push(await greeted())
}
const result = await load.stop()
const { requests, gapMs } = result
process.stdout.write(
  JSON.stringify({
    language,
    requests,
    failed: failures(result),
    of: result.failed,
    stallsMs: Object.values(result.versions).map(({ worstStallMs }) => worstStallMs),
    gapMs,
    seen,
    leftMs,
  }),
)
