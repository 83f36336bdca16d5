import { expect, test } from 'vitest'
import { tracesField, traceSettings } from './traces.ts'

const field = tracesField()

test('when a collector is named then its address stands without the slash at its end, and headers are places of secrets', () => {
  const headers = { authorization: { env: 'COLLECTOR' }, 'x-scope': { file: '/etc/belay/scope' } }
  expect(traceSettings(field.parse({ endpoint: 'https://collector:4318/otlp/', headers }))).toEqual({
    endpoint: 'https://collector:4318/otlp',
    headers,
  })
  expect(traceSettings(field.parse({ endpoint: 'http://127.0.0.1:4318' }))?.headers).toEqual({})
  expect(traceSettings(field.parse(undefined))).toBeNull()
})

test.each([
  [{ endpoint: 'collector:4318' }],
  [{ endpoint: 'ftp://collector' }],
  [{ endpoint: 'https://user:secret@collector' }],
  [{ endpoint: 'https://collector/?token=secret' }],
  [{ endpoint: 'https://collector', headers: { authorization: 'Bearer secret' } }],
  [{ endpoint: 'https://collector', headers: { 'a: b\r\nc': { env: 'X' } } }],
  [{ endpoint: 'https://collector', sampling: 0.1 }],
])('when it is %j then it is refused', (written) => {
  expect(field.safeParse(written).success).toBe(false)
})
