import { expect, test } from 'vitest'
import { createConnection } from './connection.ts'

test('when the agent is gone then it is lost, unless it said that it restarts', () => {
  const connection = createConnection()
  const told: string[] = []
  connection.subscribe(() => told.push(connection.get()))
  connection.lost()
  connection.lost()
  connection.opened()
  connection.expectRestart()
  connection.lost()
  connection.opened()
  connection.lost()
  expect(told).toStrictEqual(['lost', 'open', 'restarting', 'open', 'lost'])
})

test('when it turns out later that it restarts then that is said', () => {
  const connection = createConnection()
  connection.lost()
  connection.expectRestart()
  expect(connection.get()).toBe('restarting')
})

test('when it did not come to a restart then the next loss is one', () => {
  const connection = createConnection()
  connection.expectRestart()()
  connection.lost()
  expect(connection.get()).toBe('lost')
})
