import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { run } from './command.ts'
import { type Bed, type Device, startBed } from './index.ts'
import { pinnedNode } from './requirements.ts'

let bed: Bed
/** Of those tests that leave it as it was. */
let device: Device
beforeAll(async () => {
  bed = await startBed()
  device = await bed.device({ name: 'pi', env: { COLOUR: 'red' } })
})
afterAll(() => bed?.close())

const soon = { timeout: 60_000 }
const bootId = ['cat', '/proc/sys/kernel/random/boot_id']

test('when a device boots, then systemd runs it and programs end with their own code', async () => {
  expect(await device.booted()).toBe('running')
  expect(await device.exec(['sh', '-c', 'echo out; echo err >&2; exit 7'])).toEqual({
    code: 7,
    stdout: 'out\n',
    stderr: 'err\n',
  })
  expect(await device.must(['sh', '-c', 'hostname; echo $COLOUR; cat'], { input: 'in' })).toBe('pi\nred\nin')
  expect(await device.must(['id', '-un'], { user: 'nobody' })).toBe('nobody\n')
})

test('when a program outlives its time limit, then it is killed inside the device', async () => {
  expect((await device.exec(['sleep', '4711'], { timeoutMs: 200 })).code).toBe(137)
  await expect.poll(() => device.exec(['pgrep', '-x', 'sleep']), soon).toMatchObject({ code: 1 })
})

test('when a device is made, then the pinned Node, npm and this checkout are in it, read-only', async () => {
  expect(await device.must(['node', '--version'])).toBe((await run([pinnedNode(), '--version'])).stdout)
  expect(await device.must(['npm', '--version'])).toBe('11.19.1\n')
  expect(JSON.parse(await device.readFile('/opt/belay/package.json')).name).toBe('belay')
  expect((await device.exec(['touch', '/opt/belay/package.json'])).stderr).toContain('Read-only file system')
})

test('when the power is cut under a program, then files stay, processes and /run go, and the boot id is new', async () => {
  await using device = await bed.device()
  const before = await device.must(bootId)
  await device.writeFile('/var/lib/app/note', 'kept', { mode: '600', owner: 'nobody' })
  await device.writeFile('/run/note', 'lost')
  const running = device.exec(['sh', '-c', 'echo started >/var/lib/app/started; sleep infinity'])
  await expect.poll(() => device.exec(['test', '-e', '/var/lib/app/started']), soon).toMatchObject({ code: 0 })
  await device.powerCut()
  expect((await running).code).toBe(137)
  await device.powerOn()
  expect(await device.readFile('/var/lib/app/note')).toBe('kept')
  expect(await device.must(['stat', '-c', '%a %U', '/var/lib/app/note'])).toBe('600 nobody\n')
  expect((await device.exec(['test', '-e', '/run/note'])).code).toBe(1)
  expect(await device.must(bootId)).not.toBe(before)
})

test('when a device reboots, then its units are stopped in order, enabled ones start again, and the journal spans both boots', async () => {
  await using device = await bed.device()
  const unit =
    '[Service]\nType=exec\nExecStart=/usr/bin/sleep infinity\nExecStop=/bin/sh -c "echo orderly"\n[Install]\nWantedBy=multi-user.target\n'
  await device.writeFile('/etc/systemd/system/sleeper.service', unit)
  await device.must(['systemctl', 'enable', '--now', 'sleeper'])
  const before = await device.must(bootId)
  await device.reboot()
  expect(await device.must(bootId)).not.toBe(before)
  expect(await device.must(['systemctl', 'is-active', 'sleeper'])).toBe('active\n')
  const journal = await device.journal('sleeper')
  expect(journal).toContain('orderly')
  expect(journal.match(/Started sleeper/g)).toHaveLength(2)
})

test('when a port of the test process is exposed, then a device reaches it, and no other network', async () => {
  const server = createServer((_, response) => response.end('hello from the test')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const door = await bed.expose((server.address() as AddressInfo).port)
  expect(await device.must(['curl', '--silent', `${door.url}/`])).toBe('hello from the test')
  expect((await device.exec(['curl', '--silent', '--max-time', '3', 'http://192.0.2.1/'])).code).not.toBe(0)
  await door.close()
  server.close()
})

test('when files and folders are copied in, then their names, contents and modes arrive', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'belay-bed-'))
  await writeFile(join(folder, 'run.sh'), '#!/bin/sh\necho ran', { mode: 0o755 })
  await device.copyIn(folder, '/opt/copied')
  await device.copyIn(join(folder, 'run.sh'), '/opt/alone/run')
  await rm(folder, { recursive: true })
  expect(await device.must(['/opt/copied/run.sh'])).toBe('ran\n')
  expect(await device.must(['/opt/alone/run'])).toBe('ran\n')
})

test('when two beds run at once, then each has its own devices at the same address', async () => {
  await using other = await startBed()
  await using one = await bed.device({ name: 'one' })
  await using two = await other.device({ name: 'two' })
  expect(one.ip.split('.').slice(0, 3)).toEqual(two.ip.split('.').slice(0, 3))
  expect([await one.must(['hostname']), await two.must(['hostname'])]).toEqual(['one\n', 'two\n'])
})

test('when the test process is killed, then nothing of its bed lives on', async () => {
  const script = `
    const { startBed } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))})
    const bed = await startBed()
    await bed.device()
    console.log(bed.folder)
  `
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [folder] = (await once(child.stdout, 'data')) as [Buffer]
  const lockIsFree = ['flock', '-n', join(folder.toString().trim(), 'lock'), 'true']
  expect((await run(lockIsFree)).code).toBe(1)
  child.kill('SIGKILL')
  await expect.poll(() => run(lockIsFree), { timeout: 120_000 }).toMatchObject({ code: 0 })
})
