import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Slot } from '../../core/traffic/slots.ts'
import { systemClock } from '../../host/clock.ts'
import { processInfo } from '../../host/process/find.ts'
import { hasDied } from './died.ts'
import { processServices } from './index.ts'
import { serviceFolder } from './record.ts'

const never = new AbortController().signal
const idle = 'setInterval(()=>{},1000)'
/** Says what it hears, and leaves when the test lets it. */
const patient = `let told=false;process.on('SIGTERM',()=>{told=true;console.log('told to end')});setInterval(()=>{if(told&&require('fs').existsSync('leave'))process.exit(0)},20);console.log('up')`
let dir = ''
let ends: (() => Promise<void>)[] = []

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'belay-slots-'))
  ends = []
})
afterEach(async () => {
  for (const end of ends) await end()
  await rm(dir, { recursive: true, force: true })
})

const letLeave = () => writeFile(join(dir, 'leave'), '')

function inSlot(slot: Slot, code: string) {
  const kind = processServices({ stateDir: dir, clock: systemClock(), settleMs: 40 })
  const config = kind.config.parse({ type: 'process', command: [process.execPath, '-e', code], stop_timeout: '30s' })
  const spec = kind.inSlot?.(config, slot, slot === 'blue' ? 8001 : 8002)
  if (typeof spec !== 'object') throw new Error(`no slot: ${spec}`)
  const service = kind.open(kind.config.parse(spec), { component: 'crm', spec, cwd: dir, user: null })
  ends.push(() => service.stop(never))
  return service
}

test('when both slots run then each has its port, its name, its log and its own end', async () => {
  const tell = `console.log(process.env.BELAY_SLOT,process.env.PORT);${idle}`
  const [blue, green] = [inSlot('blue', tell), inSlot('green', tell)]
  await blue.start(never)
  await green.start(never)
  await expect.poll(() => blue.logs(0, 5)).toEqual(['blue 8001'])
  await expect.poll(() => green.logs(0, 5)).toEqual(['green 8002'])
  const { pid } = await blue.inspect()
  await green.stop(never)
  expect(await blue.inspect()).toMatchObject({ running: true, pid })
  expect((await green.inspect()).running).toBe(false)
  await expect(stat(serviceFolder(dir, 'crm').dir)).rejects.toThrow()
})

test('when it has no slot then it is found by the name of its component, as ever', () => {
  expect(serviceFolder(dir, 'crm').dir).toBe(join(dir, 'services/crm'))
  expect(serviceFolder(dir, 'crm', 'blue').dir).toBe(join(dir, 'services/crm@blue'))
  expect(serviceFolder(dir, 'crm', 'blue').markerValue).not.toBe(serviceFolder(dir, 'crm').markerValue)
})

test('when slots have no port then they cannot be, and the reason says what to write', () => {
  const kind = processServices({ stateDir: dir, clock: systemClock() })
  const config = kind.config.parse({ type: 'process', command: ['app'] })
  expect(kind.inSlot?.(config, 'blue', null)).toMatch(/slots: \{ blue: 8001, green: 8002 \}/)
})

test('when it is told to end twice then it hears it once, finishes, and nobody calls it dead', async () => {
  const service = inSlot('blue', patient)
  await service.start(never)
  await expect.poll(() => service.logs(0, 5)).toEqual(['up'])
  await service.terminate?.(never)
  await service.terminate?.(never)
  expect((await service.inspect()).running).toBe(true)
  await letLeave()
  await expect.poll(async () => (await service.inspect()).state).toBe('stopped')
  expect(await service.logs(0, 5)).toEqual(['up', 'told to end'])
  expect(hasDied(dir, 'crm')).toBe(false)
})

test('when a slot is killed then its component has died, until that slot is stopped', async () => {
  const service = inSlot('green', idle)
  await service.start(never)
  expect(hasDied(dir, 'crm')).toBe(false)
  process.kill((await service.inspect()).pid ?? -1, 'SIGKILL')
  await expect.poll(() => hasDied(dir, 'crm')).toBe(true)
  expect(await service.inspect()).toMatchObject({ running: false, state: 'dead' })
  await service.stop(never)
  expect(hasDied(dir, 'crm')).toBe(false)
})

test('when it is started again while it is on its way out then that one is gone first', async () => {
  const service = inSlot('blue', patient)
  await service.start(never)
  await expect.poll(() => service.logs(0, 5)).toEqual(['up'])
  const first = (await service.inspect()).pid ?? -1
  await service.terminate?.(never)
  const started = service.start(never)
  await letLeave()
  await started
  expect(processInfo(first)).toBeNull()
  const { running, pid } = await service.inspect()
  expect({ running, again: pid !== first }).toEqual({ running: true, again: true })
})

test('when it is told to end and does not run then it is stopped for good', async () => {
  const service = inSlot('blue', idle)
  await service.terminate?.(never)
  expect((await service.inspect()).state).toBe('stopped')
})
