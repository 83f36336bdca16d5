import { expect, test } from 'vitest'
import { attributeStatements, createStatement, type Described } from './describe.ts'

const plain: Described = {
  v: 1,
  database: 'crm',
  server: 15,
  owner: 'app',
  encoding: 'UTF8',
  collate: 'C.UTF-8',
  ctype: 'C.UTF-8',
  provider: 'c',
  locale: null,
  rules: null,
  tablespace: 'pg_default',
  limit: -1,
  comment: null,
  grants: null,
  settings: [],
}

test('when a database has nothing special then only how it sorts is said', () => {
  expect(createStatement('x"y', plain).trim().replaceAll(/ +/g, ' ')).toBe(
    `CREATE DATABASE "x""y" WITH TEMPLATE template0 OWNER "app" ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8' LOCALE_PROVIDER libc`,
  )
  expect(attributeStatements('x', plain)).toEqual([])
})

test('when it sorts by ICU, or lies in a tablespace of its own, then that is said too', () => {
  const text = createStatement('x', { ...plain, provider: 'i', locale: 'de-u-ks-level2', tablespace: 'fast disk' })
  expect(text).toContain(`TABLESPACE "fast disk"`)
  expect(text).toContain(`LOCALE_PROVIDER icu ICU_LOCALE 'de-u-ks-level2'`)
})

test('when the server is too old to know of providers then none is named', () => {
  expect(createStatement('x', { ...plain, provider: null })).not.toContain('PROVIDER')
})

test('when there are texts of all sorts then none of them ends the statement', () => {
  const statements = attributeStatements('x', {
    ...plain,
    comment: `it's \\ "x"; DROP DATABASE y`,
    limit: 5,
    grants: [
      { to: null, privilege: 'CONNECT', grantable: false },
      { to: 'a"b', privilege: 'CREATE; DROP', grantable: true },
    ],
    settings: [
      {
        role: null,
        lines: [`search_path="$user", "o'dd ""name", public`, "my.own=a=b'c", 'session_preload_libraries='],
      },
      { role: 'app', lines: ['work_mem=4MB'] },
    ],
  })
  expect(statements).toEqual([
    `COMMENT ON DATABASE "x" IS E'it''s \\\\ "x"; DROP DATABASE y'`,
    'ALTER DATABASE "x" WITH CONNECTION LIMIT 5',
    `ALTER DATABASE "x" SET "search_path" TO '$user', 'o''dd "name', 'public'`,
    `ALTER DATABASE "x" SET "my"."own" TO 'a=b''c'`,
    `ALTER DATABASE "x" SET "session_preload_libraries" TO ''`,
    `ALTER ROLE "app" IN DATABASE "x" SET "work_mem" TO '4MB'`,
    'REVOKE ALL ON DATABASE "x" FROM PUBLIC',
    'REVOKE ALL ON DATABASE "x" FROM "app"',
    'GRANT CONNECT ON DATABASE "x" TO PUBLIC',
    'GRANT CONNECT ON DATABASE "x" TO "a""b" WITH GRANT OPTION',
  ])
})
