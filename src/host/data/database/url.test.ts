import { expect, test } from 'vitest'
import { parseDatabaseUrl } from './url.ts'

const schemes = ['postgresql', 'postgres']
const none = { host: null, port: null, user: null, password: null, database: null }

test.each([
  ['postgresql://u:p@h:5433/d', { host: 'h', port: 5433, user: 'u', password: 'p', database: 'd' }],
  ['postgres://h/d', { ...none, host: 'h', database: 'd' }],
  ['postgresql+asyncpg://u:p%40%2F%25@[::1]:1/d', { host: '::1', port: 1, user: 'u', password: 'p@/%', database: 'd' }],
  ['postgresql+psycopg2://u@/d?host=/run/x', { ...none, host: '/run/x', user: 'u', database: 'd' }],
  ['postgresql://u:p@ss:w@h/d', { ...none, host: 'h', user: 'u', password: 'p@ss:w', database: 'd' }],
  ['postgresql:///L%C3%A4den', { ...none, database: 'Läden' }],
  ['POSTGRESQL://h', { ...none, host: 'h' }],
])('when a url is %s then all of it is understood', (text, wanted) => {
  expect(parseDatabaseUrl(text, schemes)).toMatchObject(wanted)
})

test('when it has parameters then they are kept', () => {
  const { parameters } = parseDatabaseUrl('postgresql://h/d?sslmode=require&x=1', schemes)
  expect([...parameters]).toEqual([
    ['sslmode', 'require'],
    ['x', '1'],
  ])
})

test.each(['mysql://h/d', 'h', 'postgresql:/h', 'postgresql://h:x/d', 'postgresql://u:%ZZ@h/d', ''])(
  'when a url is %s then it is refused without being repeated',
  (text) => {
    expect(() => parseDatabaseUrl(text, schemes)).toThrow(/^the url of the database is none that begins with/)
  },
)
