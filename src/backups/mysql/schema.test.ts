import { expect, test } from 'vitest'
import { mysqlBackupSchema } from './schema.ts'
import { sourceOf } from './target.ts'

const parse = (spec: object) => mysqlBackupSchema.safeParse({ type: 'mysql', ...spec })

test.each([
  [{ database: 'crm' }, 'crm'],
  [{ database: 'crm', host: 'db.lan' }, 'crm at db.lan'],
  [{ database: 'crm', host: 'db.lan', port: 1234 }, 'crm at db.lan:1234'],
  [{ database: 'crm', container: 'db' }, 'crm at db'],
  [{ url: { env: 'DATABASE_URL' } }, '$DATABASE_URL'],
  [{ url: { env: 'DATABASE_URL' }, container: 'db' }, '$DATABASE_URL at db'],
  [{ url: { file: '/run/secrets/url' }, database: 'crm' }, 'crm at /run/secrets/url'],
])('when the config says %j then it is known by a name without any secret', (spec, source) => {
  expect(sourceOf(mysqlBackupSchema.parse({ type: 'mysql', ...spec }))).toBe(source)
})

test.each([
  [{}, 'name the database'],
  [{ url: { env: 'U' }, host: 'h' }, 'the url says it already'],
  [{ database: 'crm', container: 'db', host: 'h' }, 'a container reaches its own server'],
  [{ database: 'crm', password: 'geheim' }, 'a secret is never written here'],
])('when the config says %j then that is refused with what to write', (spec, message) => {
  const parsed = parse(spec)
  expect(parsed.error?.issues.map((issue) => issue.message).join()).toContain(message)
})
