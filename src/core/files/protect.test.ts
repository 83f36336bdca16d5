import { describe, expect, test } from 'vitest'
import { protection } from './protect.ts'

describe('H7: what is always protected', () => {
  const isProtected = protection([])
  test.each([
    '.env',
    '.ENV',
    '.env.',
    '.env ',
    '.env.local',
    'deploy/.env.production',
    'db.sqlite3',
    'DATA/Db.SQLITE3',
    '.git/config',
    '.update_backups/20260101_000000~r-1/files/a.py',
    '.app.belay/new~r-1/x',
    'apps/.belay~r-1~7',
    '.\u200benv',
    '.e\u006ev',
  ])('when the path is %j, then it is', (path) => {
    expect(isProtected(path)).toBe(true)
  })

  test.each([
    '.env.example',
    '.env.sample',
    '.env.production.example',
    '.env.dist',
    'env',
    '.envrc',
    'x.env',
    '.gitignore',
    'a.sqlite',
    'update_backups/x',
  ])('when the path is %j, then it is not', (path) => {
    expect(isProtected(path)).toBe(false)
  })
})

describe('H7: what the config protects', () => {
  test.each([
    ['helpdesk/settings.py', 'helpdesk/settings.py', true],
    ['helpdesk/settings.py', 'HelpDesk/Settings.PY', true],
    ['helpdesk/settings.py', 'other/helpdesk/settings.py', false],
    ['helpdesk/settings.py', 'helpdesk/settings.py.bak', false],
    ['media', 'media/a/b.png', true],
    ['media/', 'media/a/b.png', true],
    ['./manage.py', 'manage.py', true],
    ['media', 'media2/x', false],
    ['media', 'x/media/y', false],
    ['**/local_*.py', 'apps/local_settings.py', true],
    ['**/local_*.py', 'local_settings.py', true],
    ['*.py', 'manage.py', true],
    ['*.py', 'apps/manage.py', false],
    ['apps/**', 'apps/x/y', true],
    ['apps/**', 'apps', false],
    ['conf/{a,b}.ini', 'conf/b.ini', true],
    ['conf/{a,b}.ini', 'conf/c.ini', false],
    ['conf/[a-c]?.ini', 'conf/b1.ini', true],
    ['conf/[!a-c].ini', 'conf/a.ini', false],
    ['Größe.txt', 'gro\u0308\u00dfe.txt', true],
    ['a+(b).txt', 'a+(b).txt', true],
    ['', 'anything', false],
  ])('when the pattern is %j, then %j is protected: %s', (pattern, path, expected) => {
    expect(protection([pattern])(path)).toBe(expected)
  })

  test('when the config names what is published with an env file, then that holds', () => {
    expect(protection(['.env.example'])('.env.example')).toBe(true)
  })
})
