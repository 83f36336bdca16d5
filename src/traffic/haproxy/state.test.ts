import { expect, test } from 'vitest'
import { commandsFor, isUp, serversIn, sharesByConfig, sharesIn, stateFile } from './state.ts'

const names = { blue: 'blue', green: 'green' }
const shown = `1
# be_id be_name srv_id srv_name …
3 app 1 blue 127.0.0.1 2 0 1 1 0 6 3 4 6 0 0 0 - 8001 - 0 0 - - 0
3 app 2 green 127.0.0.1 0 5 1 1 1 1 0 0 14 0 0 0 - 8002 - 0 0 - - 0
3 app 3 spare 127.0.0.1 2 0 1 1 1 1 0 0 0 0 0 0 - 8003 - 0 0 - - 0
`

function pairIn(text: string) {
  const all = serversIn(text, 'app')
  const [blue, green] = ['blue', 'green'].map((name) => all.find((server) => server.name === name))
  if (blue === undefined || green === undefined) throw new Error('not both are there')
  return { blue, green }
}

test('when one server is disabled then the other has everybody, now and by the config', () => {
  expect(sharesIn(pairIn(shown))).toEqual({ blue: 100, green: 0 })
  expect(sharesByConfig(pairIn(shown))).toEqual({ blue: 100, green: 0 })
})

test.each([[{ blue: 0, green: 100 }], [{ blue: 75, green: 25 }], [{ blue: 100, green: 0 }]])(
  'when %j is written then it is read back, and every other word stays',
  (shares) => {
    const text = stateFile('', serversIn(shown, 'app'), names, shares)
    expect(sharesIn(pairIn(text))).toEqual(shares)
    const { blue, green } = pairIn(text)
    // The bit of `disabled` has to be that of the config, or HAProxy ignores the line.
    expect([blue.admin & 4, green.admin & 4]).toEqual([0, 4])
    expect(text).toContain('3 app 3 spare 127.0.0.1 2 0 1 1 1 1 0 0 0 0 0 0 - 8003 - 0 0 - - 0')
    expect(text.startsWith('1\n#')).toBe(true)
  },
)

test('when a check has not passed since it began then the server only seems to be up', () => {
  const line = (result: number, state: number) =>
    `1\n3 app 1 blue 127.0.0.1 2 8 1 1 0 6 ${result} 4 ${state} 0 0 0 - 1 -`
  const up = (result: number, state: number) => serversIn(line(result, state), 'app').map(isUp)
  expect([up(0, 6), up(3, 6), up(2, 6), up(0, 0)].flat()).toEqual([false, true, false, true])
})

test('when everybody is moved then whoever shall serve is let in before the other is drained', () => {
  expect(commandsFor('app', names, { blue: 0, green: 100 })).toEqual([
    'set server app/green weight 100%',
    'set server app/green state ready',
    'set server app/blue weight 100%',
    'set server app/blue state drain',
  ])
})
