import { expect, test } from 'vitest'
import { room } from '../host/tree/testing.ts'
import { holds, slotOf } from '../host/self/slot.ts'
import { serviceProgram } from './program-file.ts'

test('when a program stands in slots, then its service starts what is current, whichever that is', async () => {
  await using here = await room()
  here.plant({
    'belay/releases/1.0.0/dist/belay.js': 'x',
    'belay/releases/1.1.0/dist/belay.js': 'x',
    'belay/current': '-> releases/1.1.0',
    'plain/dist/belay.js': 'x',
    'other/releases/1.0.0/belay.js': 'x',
    'other/current': '-> /elsewhere',
  })
  const of = (file: string) => slotOf(here.at(file))
  expect(of('belay/current/dist/belay.js')).toEqual({
    tree: here.at('belay/releases/1.1.0'),
    rest: 'dist/belay.js',
    current: here.at('belay/current'),
    stable: here.at('belay/current/dist/belay.js'),
  })
  expect(of('belay/releases/1.0.0/dist/belay.js')?.tree).toBe(here.at('belay/releases/1.0.0'))
  expect(of('plain/dist/belay.js')).toBeNull()
  expect(of('other/releases/1.0.0/belay.js')).toBeNull()
})

test('when a folder only looks as if a program lay in it, then it does not hold it', async () => {
  await using here = await room()
  here.plant({ 'app/belay.js': 'x', 'app2/belay.js': 'x', link: '-> app' })
  expect(holds(here.at('app'), here.at('app/belay.js'))).toBe(true)
  expect(holds(here.at('link'), here.at('app/belay.js'))).toBe(true)
  expect(holds(here.at('app'), here.at('app2/belay.js'))).toBe(false)
  expect(holds(here.at('gone'), here.at('app/belay.js'))).toBe(false)
})

test('when Belay stands alone, as this clone does, then it is started without a launcher', () => {
  const { argv, launched } = serviceProgram('/var/lib/belay', 'agent')
  expect([launched, argv[0]]).toEqual([false, process.execPath])
})
