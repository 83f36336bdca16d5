import { expect, test } from 'vitest'
import { argon2Passwords } from './password.ts'

/** Like today's, and quick. */
const quick = { memory: 64, passes: 1, parallelism: 1 }

test('when a password is kept then only it is right, whatever way its letters are typed', async () => {
  const passwords = argon2Passwords(quick)
  const record = await passwords.hash('ünïcödé pässwörd')
  expect(record).toMatch(/^\$argon2id\$v=19\$m=64,t=1,p=1\$/)
  expect(record).not.toContain('nïc')
  expect(await passwords.verify('ünïcödé pässwörd', record)).toBe('right')
  expect(await passwords.verify('ünïcödé pässwörd'.normalize('NFD'), record)).toBe('right')
  expect(await passwords.verify('Ünïcödé pässwörd', record)).toBe('wrong')
  expect(await passwords.hash('ünïcödé pässwörd')).not.toBe(record)
})

test('when it was kept by a smaller measure then it is right and to be kept anew', async () => {
  const record = await argon2Passwords(quick).hash('correct horse')
  expect(await argon2Passwords({ ...quick, passes: 2 }).verify('correct horse', record)).toBe('weak')
})

test('when nobody tells a measure then it is that of OWASP', async () => {
  expect(await argon2Passwords().hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/)
})

test('when there is no such user then it takes as much work as when there is', async () => {
  const measure = { memory: 8192, passes: 2, parallelism: 1 }
  const passwords = argon2Passwords(measure)
  const record = await passwords.hash('correct horse')
  await passwords.verify('x', null)
  const work = async (of: string | null) => {
    const began = process.cpuUsage()
    expect(await passwords.verify('wrong', of)).toBe('wrong')
    const { user, system } = process.cpuUsage(began)
    return user + system
  }
  // Of many the least: what else this process did meanwhile, and how long it stood still, says nothing.
  let [known, unknown] = [Infinity, Infinity]
  for (let i = 0; i < 10; i++) {
    known = Math.min(known, await work(record))
    unknown = Math.min(unknown, await work(null))
  }
  expect(Math.max(known, unknown) / Math.min(known, unknown)).toBeLessThan(3)
})

test.each([
  '',
  'plain',
  '$argon2id$v=19$m=9999999,t=1,p=1$c2FsdHNhbHQ$aGFzaA',
  '$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aA',
])('when the record is %s then nothing is right', async (record) => {
  expect(await argon2Passwords(quick).verify('', record)).toBe('wrong')
})

test('when a flood of logins comes then most are refused at once and those that wait are answered', async () => {
  const passwords = argon2Passwords({ memory: 4096, passes: 1, parallelism: 1 })
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => passwords.hash('correct horse')))
  const refused = all.filter(({ status }) => status === 'rejected')
  expect(refused).toHaveLength(84)
  expect(refused[0]).toMatchObject({ reason: { problem: { code: 'E_TOO_MANY_ATTEMPTS' } } })
})
