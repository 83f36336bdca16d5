import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { secretSchema } from '../protocol/secret.ts'
import { openSecrets } from './secrets.ts'

const missing = expect.objectContaining({
  problem: expect.objectContaining({ code: 'E_SECRET_MISSING', hint: expect.any(String) }),
})

async function secretFile(text: string): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'belay-secret-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  await writeFile(join(dir, 'token'), text)
  return join(dir, 'token')
}

test('when a secret is in the environment or in a file, then it is read at each use', async () => {
  const environment: Record<string, string> = { TOKEN: 'one' }
  const secrets = openSecrets(environment)
  expect(await secrets.read({ env: 'TOKEN' })).toBe('one')
  environment['TOKEN'] = 'two'
  expect(await secrets.read({ env: 'TOKEN' })).toBe('two')
  expect(await secrets.read({ file: await secretFile('three\n') })).toBe('three')
})

test('when a token is not configured, or token_env is not set, then there is none', async () => {
  const secrets = openSecrets({ SET: 'yes', EMPTY: ' ' })
  expect(await secrets.token({})).toBeNull()
  expect(await secrets.token({ token_env: 'UNSET' })).toBeNull()
  expect(await secrets.token({ token_env: 'EMPTY' })).toBeNull()
  expect(await secrets.token({ token_env: 'SET' })).toBe('yes')
  expect(await secrets.token({ token: { env: 'SET' }, token_env: 'UNSET' })).toBe('yes')
})

test('when a secret that must be there is not, then the error names the place alone', async () => {
  const secrets = openSecrets({ BROKEN: 'first\r\nx-evil: second' })
  await expect(secrets.token({ token: { env: 'UNSET' } })).rejects.toThrow(missing)
  await expect(secrets.read({ file: '/nonexistent/token' })).rejects.toThrow(missing)
  await expect(secrets.read({ file: await secretFile('') })).rejects.toThrow(missing)
  const broken = secrets.read({ env: 'BROKEN' })
  await expect(broken).rejects.toThrow(missing)
  await expect(broken).rejects.not.toThrow(/first|second/)
})

test('when a config writes the secret itself, then it is refused', () => {
  expect(secretSchema.safeParse('ghp_abc').success).toBe(false)
  expect(secretSchema.safeParse({ env: 'A B' }).success).toBe(false)
  expect(secretSchema.safeParse({ file: 'token' }).success).toBe(false)
  expect(secretSchema.safeParse({ env: 'A', file: '/b' }).success).toBe(false)
})
