import { expect, test } from 'vitest'
import { z } from 'zod'
import { covers } from '../../core/access/scope.ts'
import type { Route } from '../route.ts'
import { routes } from './index.ts'

const nameOf = ({ method, path }: Route) => `${method} ${path}`

/** Addresses that take something in without the scope operate, each with its reason. */
const unguarded: Readonly<Record<string, string>> = {
  'POST /api/v1/session': 'who logs in is nobody yet; guessing is slowed down',
  'POST /api/v1/setup': 'nobody can be logged in yet; it takes the secret of this host, works once and not from afar',
  'DELETE /api/v1/session': 'ends the session of who asks, and no other',
  'POST /api/simple-update': 'begins nothing: it says where that address went, which asks who comes',
  'PUT /api/v1/users/{name}/password': "one's own, with the current one; another's is for admins, and the handler asks",
}

test('when a route takes something in then it needs operate or admin, or is known and has its reason', () => {
  const open = routes.filter(
    ({ method, scope }) => method !== 'GET' && (scope === 'public' || !covers(scope, 'operate')),
  )
  expect(open.map(nameOf).toSorted()).toEqual(Object.keys(unguarded).toSorted())
})

test('when a route is about who may come in, or what was done, then it is for admins', () => {
  const about = routes.filter(({ path }) => /^\/api\/v1\/(users|tokens|audit)\b/.test(path))
  expect(about.length).toBeGreaterThan(6)
  expect(about.filter(({ scope }) => scope !== 'admin').map(nameOf)).toEqual(['PUT /api/v1/users/{name}/password'])
})

test('when a route is listed then no other has its address', () => {
  const names = routes.map(nameOf)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

/** Words of keys that say what is run, from where it comes, or as whom. */
const telling =
  /command|cmd|argv|args|exec|shell|script|hook|prepare|migrate|path|file|dir|folder|cwd|url|uri|href|host|address|image|registry|repo|branch|ref\b|source|strategy|service|unit|owner|user|uid|gid|group|sudo|env|trust|key|checks?\b|manifest/i

/** Keys that look like it, each with what it really says. */
const harmless: Readonly<Record<string, string>> = {}

function keysOf(schema: unknown, found: Set<string> = new Set()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found
  if (Array.isArray(schema)) {
    for (const one of schema) keysOf(one, found)
    return found
  }
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'properties' && typeof value === 'object' && value !== null) {
      for (const name of Object.keys(value)) found.add(name)
    }
    keysOf(value, found)
  }
  return found
}

const inputs = routes.flatMap((route) =>
  [route.params, route.query, route.body].flatMap((schema) =>
    schema === undefined
      ? []
      : [{ name: nameOf(route), schema: z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) }],
  ),
)

test('when a request is read then nothing in it can say what is run, from where it comes or as whom', () => {
  const found = inputs.flatMap(({ name, schema }) =>
    [...keysOf(schema)].filter((key) => telling.test(key)).map((key) => `${name} ${key}`),
  )
  expect(found.toSorted()).toEqual(Object.keys(harmless).toSorted())
})

test('when a body has a key that nobody knows then it is refused or dropped, not passed on', () => {
  const passing = inputs.filter(
    ({ schema }) =>
      schema.type === 'object' && schema.additionalProperties !== undefined && schema.additionalProperties !== false,
  )
  expect(passing.map(({ name }) => name)).toEqual([])
})
