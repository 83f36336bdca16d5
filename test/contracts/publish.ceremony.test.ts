import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { client } from './publish.client.ts'
import { dayMs, plain, workshop, type Workshop } from './publish.world.ts'

/** Keys that lie on several machines, and one file that goes around. */

/** Moves keys to a machine of their own: a folder with nothing else in it. */
async function machine(shop: Workshop, name: string, ...keys: readonly string[]) {
  const keysDir = join(shop.dir, '..', name)
  await mkdir(keysDir)
  for (const key of keys) await rename(join(shop.dir, 'keys', `${key}.key`), join(keysDir, `${key}.key`))
  return shop.open({ dir: join(shop.dir, '../nowhere'), keysDir })
}

async function team() {
  const shop = await workshop({ profile: 'team' })
  const anna = await machine(shop, 'anna', 'root-1', 'targets-1')
  const ben = await machine(shop, 'ben', 'root-2', 'targets-2')
  await machine(shop, 'carl', 'root-3', 'targets-3')
  return { shop, anna, ben, file: join(shop.dir, '../signing.json') }
}

test('when two of three people sign a rotation, each on a machine of their own, then it can be published', async () => {
  const { shop, anna, ben, file } = await team()
  const known = await client(shop)
  await known.versions()
  const begun = await shop.publisher.rotate({ role: 'root', replace: ['root-3'] })
  expect(begun.pending).toMatchObject([
    { role: 'root', needs: 2, missing: expect.arrayContaining(['root-1', 'root-2']) },
  ])
  await expect(shop.publisher.publish(null)).rejects.toMatchObject({
    problem: { code: 'E_KEY_MISSING', message: expect.stringContaining('root.json needs 2 more signatures') },
  })
  await shop.publisher.exportSigning(file)
  const shown: string[] = []
  const agree = (lines: readonly string[]) => Promise.resolve(shown.push(...lines) > 0)
  expect((await anna.signFile(file, agree)).pending).toMatchObject([{ needs: 1 }])
  expect(shown.join('\n')).toMatch(
    /root\.json version 2, .* with root-1\n\s+root is signed by 2 of .*root-4.*, where it was/,
  )
  expect((await shop.publisher.importSigning(file)).pending).toMatchObject([{ needs: 1 }])
  expect((await ben.signFile(file, agree)).pending).toMatchObject([{ needs: 0 }])
  expect((await shop.publisher.importSigning(file)).pending).toMatchObject([{ needs: 0 }])
  expect(await shop.publisher.publish(null)).toMatchObject({ roles: { root: 2 } })
  expect(await known.versions()).toStrictEqual([])
})

test('when the same person signs twice, then that is one signature', async () => {
  const { shop, anna, file } = await team()
  await shop.publisher.sign({ ...plain, renew: ['root'] })
  await shop.publisher.exportSigning(file)
  const yes = () => Promise.resolve(true)
  await anna.signFile(file, yes)
  expect((await anna.signFile(file, yes)).pending).toMatchObject([{ role: 'root', needs: 1 }])
})

test('when whoever is asked says no, then no key is opened and the file stays as it was', async () => {
  const { shop, file } = await team()
  await shop.publisher.sign({ ...plain, renew: ['targets'] })
  await shop.publisher.exportSigning(file)
  const before = await readFile(file)
  const closed = shop.open({ keysDir: join(shop.dir, '../anna'), passphrase: 'wrong' })
  await expect(closed.signFile(file, () => Promise.resolve(false))).rejects.toMatchObject({
    problem: { code: 'E_CANCELLED' },
  })
  await expect(closed.signFile(file, () => Promise.resolve(true))).rejects.toMatchObject({
    problem: { code: 'E_KEY_LOCKED', message: expect.stringContaining('targets-1') },
  })
  expect(await readFile(file)).toStrictEqual(before)
})

test('when the file was exchanged on its way, then what it says is shown, and its signatures are not taken', async () => {
  const { shop, anna, file } = await team()
  await shop.publisher.sign({ ...plain, renew: ['targets'] })
  await shop.publisher.exportSigning(file)
  const text = await readFile(file, 'utf8')
  const evil = JSON.parse(text)
  const [document] = evil.documents
  const custom = { product: 'app', channel: 'stable', version: '6.6.6', seq: 666 }
  const targets = { 'app/stable/evil': { length: 1, hashes: { sha256: '66'.repeat(32) }, custom } }
  document.envelope.signed.targets = targets
  // With a past in which it was there already, there would be nothing new to see.
  document.before.signed.targets = targets
  await writeFile(file, JSON.stringify(evil))
  let shown = ''
  await anna.signFile(file, (lines) => Promise.resolve((shown = lines.join('\n')) !== ''))
  expect(shown).toContain('adds app/stable/evil, release 6.6.6 (number 666')
  await expect(shop.publisher.importSigning(file)).rejects.toMatchObject({ problem: { code: 'E_CONFLICT' } })
})

test('when a signature in the file is not what it says, then it is not counted', async () => {
  const { shop, anna, file } = await team()
  await shop.publisher.sign({ ...plain, renew: ['targets'] })
  await shop.publisher.exportSigning(file)
  await anna.signFile(file, () => Promise.resolve(true))
  const signed = JSON.parse(await readFile(file, 'utf8'))
  const [{ envelope }] = signed.documents
  envelope.signatures[0].sig = '00'.repeat(64)
  await writeFile(file, JSON.stringify(signed))
  expect((await shop.publisher.importSigning(file)).pending).toMatchObject([{ role: 'targets', needs: 2 }])
})

test('when a file is anything else, then nothing is signed', async () => {
  const { anna, file } = await team()
  for (const text of ['', '{}', '[1]', '{"belay_signing":1,"product":"app","documents":[]}', '{'.repeat(1000)]) {
    await writeFile(file, text)
    await expect(anna.signFile(file, () => Promise.resolve(true))).rejects.toMatchObject({
      problem: { code: 'E_USAGE' },
    })
  }
})

test('A7-47: when root and targets run out, then hosts refuse until two of three sign again, and go on by themselves', async () => {
  const { shop, anna, ben, file } = await team()
  await shop.release('1.0.0')
  await shop.publisher.publish(null)
  const known = await client(shop)
  expect(await known.versions()).toStrictEqual(['1.0.0'])
  shop.clock.now += 364 * dayMs
  const { findings } = await shop.publisher.lint()
  expect(findings.filter(({ severity }) => severity === 'error')).toMatchObject(
    expect.arrayContaining(
      [{ rule: 'expiry', what: expect.stringMatching(/^root.json expires in less than a day|^root.json expired/) }].map(
        (one) => expect.objectContaining(one),
      ),
    ),
  )
  shop.clock.now += 3 * dayMs
  await expect(known.versions()).rejects.toMatchObject({ problem: { code: 'E_METADATA_EXPIRED' } })
  await shop.publisher.sign({ ...plain, renew: ['root', 'targets', 'app-stable'] })
  await shop.publisher.exportSigning(file)
  for (const one of [anna, ben]) await one.signFile(file, () => Promise.resolve(true))
  await shop.publisher.importSigning(file)
  await shop.publisher.publish(null)
  expect(await known.versions()).toStrictEqual(['1.0.0'])
})

test('when the folder has keys of people with other passphrases, then each opens their own', async () => {
  const shop = await workshop({ profile: 'team' })
  const other = await workshop({ profile: 'team' })
  // Somebody else's key file lies there too, and nobody here knows its passphrase.
  await rm(join(shop.dir, 'keys/targets-3.key'))
  await writeFile(join(shop.dir, 'keys/zz.key'), await readFile(join(other.dir, 'keys/targets-3.key')))
  expect((await shop.publisher.sign({ ...plain, renew: ['targets'] })).pending).toMatchObject([
    { role: 'targets', signedBy: ['targets-1', 'targets-2'], needs: 0 },
  ])
})

test('when a person takes a passphrase of their own, then only that opens their key, and it signs as before', async () => {
  const shop = await workshop({ profile: 'team' })
  const own = 'words that are mine alone'
  expect(await shop.publisher.changePassphrase(['targets-1'], () => Promise.resolve(own))).toStrictEqual(['targets-1'])
  await expect(shop.open().changePassphrase(['targets-1'], () => Promise.resolve(own))).rejects.toMatchObject({
    problem: { code: 'E_KEY_LOCKED' },
  })
  await expect(shop.open().changePassphrase(['nobody'], () => Promise.resolve(own))).rejects.toMatchObject({
    problem: { code: 'E_USAGE' },
  })
  await expect(shop.open().changePassphrase(['root-1'], () => Promise.resolve('short'))).rejects.toMatchObject({
    problem: { code: 'E_USAGE' },
  })
  const first = await shop.open().sign({ ...plain, renew: ['targets'] })
  expect(first).toMatchObject({ locked: ['targets-1'], pending: [{ signedBy: ['targets-2', 'targets-3'] }] })
  const second = await shop.open({ passphrase: own }).sign(plain)
  expect(second).toMatchObject({ pending: [{ signedBy: ['targets-1', 'targets-2', 'targets-3'] }] })
})
