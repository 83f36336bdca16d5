import fc from 'fast-check'
import { expect, test } from 'vitest'
import { databaseFacts } from './database.ts'

const at = { folder: '/srv/app', place: '.env:3', variable: 'APP_PASSWORD' }

test.each([
  ['sqlite:///db.sqlite3', { type: 'sqlite', path: '/srv/app/db.sqlite3' }, 'db.sqlite3'],
  ['sqlite+aiosqlite:///./data.db', { type: 'sqlite', path: '/srv/app/data.db' }, 'data.db'],
  ['sqlite:////var/lib/app/a%20b.db?timeout=5', { type: 'sqlite', path: '/var/lib/app/a b.db' }, null],
  [
    'postgresql://app:s3cret@db.example:5433/main',
    {
      type: 'postgres',
      database: 'main',
      host: 'db.example',
      port: 5433,
      user: 'app',
      password: { env: 'APP_PASSWORD' },
    },
    null,
  ],
  ['postgres:///main', { type: 'postgres', database: 'main' }, null],
  [
    'postgresql+asyncpg://app@[::1]/main?ssl=require',
    { type: 'postgres', database: 'main', host: '::1', user: 'app' },
    null,
  ],
  [
    'mysql://root:p%40ss@127.0.0.1:3306/helpdesk_db',
    {
      type: 'mysql',
      database: 'helpdesk_db',
      host: '127.0.0.1',
      port: 3306,
      user: 'root',
      password: { env: 'APP_PASSWORD' },
    },
    null,
  ],
  [
    'mysql+pymysql://u:p@ss:w@localhost/db',
    {
      type: 'mysql',
      database: 'db',
      host: 'localhost',
      user: 'u',
      password: { env: 'APP_PASSWORD' },
    },
    null,
  ],
])('when the address of a database is %s, then it is backed up as %j', (url, value, file) => {
  const found = databaseFacts(url, at)
  expect(found.data?.value).toStrictEqual(value)
  expect(found.file).toBe(file)
})

test.each([
  'sqlite://',
  'sqlite:///:memory:',
  'oracle://u:p@h/d',
  'nonsense',
  'mysql://u:p@h/',
  'postgres://h/a b',
  'sqlite:///C:/a.db',
  'mysql://u:%zz@h/%zz',
])('when %s names nothing that can be backed up, then its place is told and nothing is written', (url) => {
  const found = databaseFacts(url, at)
  expect(found.data).toBeNull()
  expect(found.notes).toHaveLength(1)
  expect(found.notes[0]).toContain('.env:3')
})

test('when a password is in an address, then no part of what is found has it', () => {
  const scheme = fc.constantFrom('postgresql', 'mysql', 'postgres', 'mariadb', 'oracle')
  const secret = fc.string({ unit: 'grapheme-ascii', maxLength: 12 }).map((text) => `S3CRET${text}`)
  fc.assert(
    fc.property(
      scheme,
      secret,
      fc.constantFrom('h', 'h:1', '[::1]'),
      fc.constantFrom('db', 'a/b', ''),
      (kind, word, host, name) => {
        const found = databaseFacts(`${kind}://user:${encodeURIComponent(word)}@${host}/${name}`, at)
        expect(JSON.stringify(found)).not.toContain('S3CRET')
      },
    ),
  )
})
