import { verify, createPublicKey } from 'node:crypto'
import { expect, test } from 'vitest'
import { parseKeyFile, requireGoodPassphrase, sealer } from './keys.ts'

const cheap = { n: 1024, p: 1 }
const words = 'four unrelated words here'

async function made() {
  const { key, text } = await sealer(words, cheap).make('root-1')
  const file = parseKeyFile(text)
  if (file === null) throw new Error('no key file')
  return { key, text, file }
}

test('when a key file is opened by its passphrase, then it signs as the key that was made', async () => {
  const { key, file } = await made()
  const opened = await sealer(words).open(file)
  expect(opened?.id).toBe(key.id)
  const message = Buffer.from('message')
  const der = Buffer.from(`302a300506032b6570032100${key.json.keyval.public}`, 'hex')
  const by = createPublicKey({ key: der, format: 'der', type: 'spki' })
  expect(verify(null, message, by, Buffer.from(opened?.sign(message) ?? '', 'hex'))).toBe(true)
})

test('when the passphrase is typed on another keyboard, then composed letters are the same', async () => {
  const { text } = await sealer('pass\u00e9 compos\u00e9', cheap).make('root-1')
  const file = parseKeyFile(text)
  expect(file === null ? null : await sealer('passe\u0301 compose\u0301').open(file)).not.toBeNull()
})

test('when the passphrase is another one, then the key stays closed', async () => {
  const { file } = await made()
  expect(await sealer(`${words}!`).open(file)).toBeNull()
})

test('when the name or the public key in the file was changed, then it does not open', async () => {
  const { file } = await made()
  const { key } = file
  expect(await sealer(words).open({ ...file, key: { ...key, 'x-belay-name': 'root-2' } })).toBeNull()
  const other = (await made()).file.key
  expect(await sealer(words).open({ ...file, key: { ...other } })).toBeNull()
})

test('when the file is looked at, then the secret is not in it', async () => {
  const { key, text } = await made()
  const seed = key.privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(-32)
  for (const encoding of ['hex', 'base64', 'base64url'] as const) {
    expect(text).not.toContain(seed.toString(encoding).replace(/=+$/, ''))
  }
})

test.each([
  ['', 'is empty'],
  ['{}', 'says nothing'],
  ['not json', 'is no JSON'],
  [JSON.stringify({ belay_key: 2 }), 'is of another version'],
])('when a key file is %j, which %s, then it is none', (text) => {
  expect(parseKeyFile(text)).toBeNull()
})

test('when a key file asks for more memory than any passphrase is worth, then it is none', async () => {
  const { file } = await made()
  expect(parseKeyFile(JSON.stringify({ ...file, secret: { ...file.secret, n: 2 ** 24 } }))).toBeNull()
  expect(parseKeyFile(JSON.stringify({ ...file, secret: { ...file.secret, p: 100 } }))).toBeNull()
})

test('when a passphrase is short, then no key is made with it', () => {
  expect(() => requireGoodPassphrase('1234567')).toThrow('at least 8')
  expect(() => requireGoodPassphrase('🔑🔑🔑🔑🔑🔑🔑🔑')).not.toThrow()
})
