import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Bed, startBed } from './bed/index.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

test('when systemd keeps the built-in forwarder, then it keeps the contract of traffic', async () => {
  await using device = await bed.device()
  const program = '/opt/belay/test/contracts/traffic.builtin.device.ts'
  const { stdout, stderr } = await device.exec(['node', program], { timeoutMs: 240_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as { name: string; error: string | null })
  expect(
    results.filter(({ error }) => error !== null),
    stderr,
  ).toEqual([])
  expect(results.length).toBeGreaterThan(10)
})

const target = {
  v: 1,
  mode: 'http',
  listen: { host: '0.0.0.0', port: 8080 },
  slots: { blue: { host: '127.0.0.1', port: 8001 }, green: { host: '127.0.0.1', port: 8002 } },
  shares: { blue: 0, green: 100 },
}

const start = `
  const { forwardManager, writeTarget } = await import('/opt/belay/src/traffic/builtin/forwards.ts')
  const { forwardFolder } = await import('/opt/belay/src/host/forward/target.ts')
  const folder = forwardFolder('/var/lib/belay', 'app')
  const target = ${JSON.stringify(target)}
  await writeTarget(folder, target)
  await forwardManager({ stateDir: '/var/lib/belay', program: [process.execPath, '/opt/belay/src/main/start.mjs'] }).start(folder, target.listen)`

const green = `[Service]
ExecStart=node -e "require('http').createServer((q,a)=>a.end('green')).listen(8002)"
[Install]
WantedBy=multi-user.target
`

test('when the power fails, then the forwarder is back and serves what it served', async () => {
  await using device = await bed.device()
  await device.writeFile('/etc/systemd/system/green.service', green)
  await device.exec(['systemctl', 'enable', '--now', 'green'])
  const { code, stderr } = await device.exec(['node', '--input-type=module', '-e', start])
  expect(code, stderr).toBe(0)
  const served = async () => (await device.http(8080, '/').catch(() => null))?.body
  await expect.poll(served, { timeout: 20_000 }).toBe('green')
  await device.powerCut()
  await device.powerOn()
  await expect.poll(served, { timeout: 20_000 }).toBe('green')
  expect((await device.exec(['systemctl', 'is-active', 'belay-forward-app.service'])).stdout.trim()).toBe('active')
})
