import { expect, test } from 'vitest'
import { missingLines, stickyLines } from './config-text.ts'

const file = '/var/lib/haproxy/belay-app.state'
const named = `server-state-file-name ${file}`
const loaded = 'load-server-state-from-file local'

test.each([
  ['both lines', `backend app\n  ${named}\n  ${loaded}\n`, []],
  ['none', 'backend app\n  server blue 127.0.0.1:1\n', [named, loaded]],
  ['them in another backend', `backend app\nbackend shop\n  ${named}\n  ${loaded}`, [named, loaded]],
  ['a comment', `backend app\n  # ${named}\n  ${loaded}`, [named]],
  ['one of them by default', `defaults\n  ${loaded}\nbackend app\n  ${named}`, []],
  [
    'a folder for all',
    `global\n  server-state-base /var/lib/haproxy\nbackend app\n  server-state-file-name belay-app.state\n  ${loaded}`,
    [],
  ],
  ['one file for all', `global\n  server-state-file ${file}\nbackend app\n  load-server-state-from-file global`, []],
  ['another file', `backend app\n  server-state-file-name /x\n  ${loaded}`, [named]],
])('when the config has %s then what is missing is named', (_, text, missing) => {
  expect(missingLines(text, 'app', file)).toEqual(missing)
})

test('when people are sent back to the server they had then those lines are found, in this backend alone', () => {
  const text = `backend shop\n  cookie A insert\nbackend app\n  stick-table type ip size 1m\n  stick on src\n  cookie S insert\n`
  expect(stickyLines(text, 'app')).toEqual(['stick on src', 'cookie S insert'])
  expect(stickyLines('backend app\n  stick-table type ip size 1m\n  stick store-request src', 'app')).toEqual([])
})
