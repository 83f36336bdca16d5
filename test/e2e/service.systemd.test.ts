import { afterAll, beforeAll, expect, test } from 'vitest'
import { serviceContract } from '../contracts/service.contract.ts'
import { type Bed, startBed } from './bed/index.ts'

let bed: Bed
beforeAll(async () => {
  bed = await startBed()
})
afterAll(() => bed?.close())

test('when systemd holds a service, then it keeps the contract of services', async () => {
  await using device = await bed.device()
  const program = '/opt/belay/test/contracts/service.systemd.device.ts'
  const { stdout, stderr } = await device.exec(['node', program], { timeoutMs: 240_000 })
  const lines = stdout.split('\n').filter((line) => line !== '')
  const results = lines.map((line) => JSON.parse(line) as { name: string; error: string | null })
  expect(results, stderr).toEqual(serviceContract.map(({ name }) => ({ name, error: null })))
})
