// needs: bed, python
import { afterAll, beforeAll, expect, test } from 'vitest'
import { socketCases } from '../../contracts/traffic.socket.cases.ts'
import { type Bed, type Device, startBed } from '../bed/index.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

const swaps = 10
/** Of most versions: a machine stands still now and then, and not each time that one version follows another. */
const stallMsMax = 2000

interface Seen {
  readonly requests: number
  readonly failed: number
  readonly of: object
  readonly stallsMs: readonly number[]
  readonly seen: readonly string[]
}

test('when systemd hands a socket to two slots, then it keeps the contract of traffic, and more', async () => {
  await using device = await bed.device()
  const program = '/opt/belay/test/contracts/traffic.socket.device.ts'
  const { stdout, stderr } = await device.exec(['node', program], { timeoutMs: 240_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as { name: string; error: string | null })
  expect(results, stderr).toEqual(socketCases.map(({ name }) => ({ name, error: null })))
})

async function replaced(device: Device, language: 'node' | 'python'): Promise<void> {
  const program = '/opt/belay/test/e2e/traffic/socket.device.ts'
  const text = await device.must(['node', program, language, String(swaps)], { timeoutMs: 200_000 })
  if (process.env['BELAY_TEST_FIGURES'] !== undefined) process.stderr.write(`${text}\n`)
  const { requests, failed, of, stallsMs, seen } = JSON.parse(text) as Seen
  expect(of).toEqual({})
  expect(failed).toBe(0)
  expect(requests).toBeGreaterThan(1000)
  expect(stallsMs).toHaveLength(swaps + 1)
  expect(stallsMs.toSorted((a, b) => a - b)[swaps / 2]).toBeLessThan(stallMsMax)
  expect(seen).toEqual(Array.from({ length: swaps + 1 }, (_, n) => String(n)))
}

test('when the units and the Node server of the guide go through ten versions under load, then nobody is lost, nor after a reboot', async () => {
  await using device = await bed.device()
  await replaced(device, 'node')
  await device.reboot()
  await expect.poll(async () => (await device.exec(['curl', '-s', 'http://127.0.0.1:8080/'])).stdout).toBe('hello\n')
  expect((await device.must(['systemctl', 'show', '-p', 'ActiveState', '--value', 'crm@blue'])).trim()).toBe('active')
  expect((await device.must(['systemctl', 'show', '-p', 'ActiveState', '--value', 'crm@green'])).trim()).toBe(
    'inactive',
  )
})

test('when the units and the Python server of the guide go through ten versions under load, then nobody is lost', async () => {
  const mounts = ['/usr/bin/python3.11', '/usr/lib/python3.11'].map((path) => ({ from: path, to: path }))
  await using device = await bed.device({ mounts })
  await device.must(['ln', '-s', 'python3.11', '/usr/bin/python3'])
  await replaced(device, 'python')
})
