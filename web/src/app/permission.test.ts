import { expect, test } from 'vitest'
import type { Session } from '../api/types.ts'
import { permission } from './permission.ts'

function session(scope: 'read' | 'operate' | 'admin' | null, read_only = false): Session {
  const user = scope === null ? null : { name: 'ada', scope }
  return { setup_needed: false, user, csrf: null, read_only, host: 'h', version: '1' }
}

test('when a scope is small, or nobody is logged in, then it is the account', () => {
  expect([permission(session('read'), 'operate'), permission(session(null), 'read')]).toStrictEqual([
    'account',
    'account',
  ])
  expect([permission(undefined, 'read'), permission(session('operate'), 'admin')]).toStrictEqual(['account', 'account'])
})

test('when an account may and the place may not then it is the place, and looking is possible', () => {
  expect([permission(session('admin', true), 'operate'), permission(session('admin', true), 'read')]).toStrictEqual([
    'place',
    'yes',
  ])
})

test('when a scope is large enough then it may', () => {
  expect([permission(session('admin'), 'operate'), permission(session('operate'), 'operate')]).toStrictEqual([
    'yes',
    'yes',
  ])
})
