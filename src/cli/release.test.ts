import { expect, test } from 'vitest'
import { belay, type Setting } from '../../test/fakes/belay.ts'
import type { Publisher, PublisherOptions, SignOptions, SignReport } from '../ports/publisher.ts'
import type { Finding } from '../core/publish/lint.ts'

/** The publisher's commands on a publisher that is told what to answer. */

const nothing: SignReport = { pending: [], release: null, dropped: [], files: [], locked: [] }

function desk(answers: Partial<Publisher>, more: Setting['ports'] = {}) {
  const asked: PublisherOptions[] = []
  const unused = () => Promise.reject(new Error('this is not part of the test'))
  const publisher: Publisher = {
    init: unused,
    build: unused,
    sign: unused,
    exportSigning: unused,
    signFile: unused,
    importSigning: unused,
    rotate: unused,
    changePassphrase: unused,
    publish: unused,
    refresh: unused,
    lint: unused,
    verify: unused,
    ...answers,
  }
  const ports: Setting['ports'] = {
    publisher: async (options) => {
      asked.push(options)
      return publisher
    },
    ...more,
  }
  return { asked, ports }
}

test('when a release is signed, then all that was said of it is handed on, and what comes next is shown', async () => {
  const said: SignOptions[] = []
  const release = { version: '1.0.0', seq: 3, floor: 2 }
  const pending = [{ role: 'app-stable', version: 4, signedBy: ['stable-1'], missing: ['stable-2'], needs: 1 }]
  const sign: Publisher['sign'] = async (options) => {
    said.push(options)
    return { ...nothing, release, pending, files: ['/site/builds/x.minisig'], locked: ['stable-2'] }
  }
  const { ports } = desk({ sign }, { readText: async () => 'What is new' })
  const words = 'release sign --version 1.0.0 --floor 2 --min-agent 1.2.0 --notes N.md --migration --renew targets'
  const { code, out } = await belay(words, { ports })
  expect(code).toBe(0)
  expect(said).toStrictEqual([
    {
      channel: 'stable',
      version: '1.0.0',
      floor: 2,
      minAgent: '1.2.0',
      notes: 'What is new',
      renew: ['targets'],
      prerelease: false,
      reboot: false,
      migration: true,
    },
  ])
  expect(out).toContain('Release 1.0.0 has the number 3; the floor is 2.')
  expect(out).toContain('needs 1 more: stable-2')
  expect(out).toContain('wrote builds/x.minisig')
  expect(out).toContain('The passphrase does not open stable-2')
  expect(out).toContain('Next: belay release sign where those keys are')
})

test('when what runs out first is no role of refresh, then the command that renews it is named', async () => {
  const report = { roles: { timestamp: 2 }, to: ['/site/repo'], written: 1, expires: '2027-01-01T00:00:00Z' }
  const after = async (expiring: string) => {
    const { ports } = desk({ refresh: async () => ({ ...report, expiring }) })
    return (await belay('release refresh', { ports })).out
  }
  expect(await after('timestamp')).toContain('belay release refresh before that')
  expect(await after('app-stable')).toContain('belay release sign --renew app-stable before that')
})

test.each([
  ['release sign --export F.json', 'Next: carry F.json to the machine with the keys'],
  ['release sign F.json --yes', 'Next: carry F.json to the keys that are missing'],
])('when a file goes around with %s, then it is said where to', async (words, next) => {
  const pending = [{ role: 'root', version: 2, signedBy: ['root-1'], missing: ['root-2'], needs: 1 }]
  const answer = async () => ({ ...nothing, pending })
  const { ports } = desk({ exportSigning: answer, signFile: answer })
  expect((await belay(words, { ports })).out).toContain(next)
})

test('when a file has all signatures, then it goes back to where it came from', async () => {
  const pending = [{ role: 'root', version: 2, signedBy: ['root-1', 'root-2'], missing: [], needs: 0 }]
  const { ports } = desk({ signFile: async () => ({ ...nothing, pending }) })
  const { out } = await belay('release sign F.json --yes', { ports })
  expect(out).toContain('Next: carry F.json back, and there belay release sign --import F.json')
})

const passphrases = async (words: string, setting: Setting, fresh = false) => {
  let given = ''
  const { asked, ports } = desk({
    refresh: async () => {
      given = (await asked[0]?.passphrase(fresh)) ?? ''
      return {
        roles: { timestamp: 2 },
        to: ['/site/repo'],
        written: 1,
        expires: '2027-01-01T00:00:00Z',
        expiring: 'timestamp',
      }
    },
  })
  const done = await belay(words, { ...setting, ports: { ...ports, ...setting.ports } })
  return { ...done, given }
}

test.each<[string, Setting]>([
  ['release refresh', { terminal: { env: { BELAY_RELEASE_PASSPHRASE: 'secret words' } } }],
  ['release refresh --passphrase-file P', { ports: { readText: async () => 'secret words\nnot this\n' } }],
  ['release refresh', { terminal: { answers: ['secret words'] } }],
])('when keys are opened by %s, then the passphrase comes from there, and is shown nowhere', async (words, setting) => {
  const { code, given, out, err } = await passphrases(words, setting)
  expect({ code, given }).toStrictEqual({ code: 0, given: 'secret words' })
  expect(out + err).not.toContain('secret words')
})

test('when new keys get a passphrase, then it is typed twice, and two different ones make none', async () => {
  const same = await passphrases('release refresh', { terminal: { answers: ['one two', 'one two'] } }, true)
  expect(same).toMatchObject({ code: 0, given: 'one two' })
  const other = await passphrases('release refresh', { terminal: { answers: ['one two', 'one tow'] } }, true)
  expect(other).toMatchObject({ code: 2, err: expect.stringContaining('The two passphrases differ') })
})

test('when no passphrase is given, then it is said how', async () => {
  const { code, err } = await passphrases('release refresh', {})
  expect(code).toBe(1)
  expect(err).toContain('BELAY_RELEASE_PASSPHRASE')
})

const finding = (severity: Finding['severity']): Finding => ({
  severity,
  rule: 'expiry',
  what: 'it ends',
  hint: 'Do so.',
})

test.each<[string, readonly Finding['severity'][], number]>([
  ['release lint', [], 0],
  ['release lint', ['note', 'warning'], 0],
  ['release lint', ['warning', 'error'], 1],
  ['release lint --strict', ['note'], 0],
  ['release lint --strict', ['warning'], 1],
])('when %s finds %j, then it exits with %d', async (words, severities, exit) => {
  const { ports } = desk({ lint: async () => ({ findings: severities.map(finding) }) })
  const { code, out } = await belay(words, { ports })
  expect(code).toBe(exit)
  for (const severity of severities) expect(out).toContain(`${severity}: it ends`)
})

const shown = ['app: root.json version 2']
const signing: Publisher['signFile'] = async (_, confirm) => {
  if (!(await confirm(shown))) throw new Error('refused')
  return nothing
}

test('when a file is to be signed and nobody is there, then it is shown and not signed without --yes', async () => {
  const { ports } = desk({ signFile: signing })
  const asked = await belay('release sign F.json', { ports })
  expect(asked).toMatchObject({ code: 2, out: expect.stringContaining('root.json version 2') })
  expect(asked.err).toContain('--yes')
  expect(await belay('release sign F.json --yes', { ports })).toMatchObject({ code: 0 })
  expect(await belay('release sign F.json', { ports, terminal: { columns: 80, answers: ['y'] } })).toMatchObject({
    code: 0,
  })
})

test('when sign is told two things at once, then it does neither', async () => {
  const { ports } = desk({})
  expect(await belay('release sign F.json --version 1.0.0', { ports })).toMatchObject({ code: 2 })
  expect(await belay('release sign --export A --import B', { ports })).toMatchObject({ code: 2 })
})

test('when SOURCE_DATE_EPOCH is set, then files get that time; when it is no number, nothing is built', async () => {
  const times: number[] = []
  const { ports } = desk({
    build: async ({ epochSeconds }) => {
      times.push(epochSeconds)
      return { file: '/site/a.tar.zst', sums: '', bytes: 10, sha256: 'ab', files: 1, packed: ['bin/a'] }
    },
  })
  const build = (env: Readonly<Record<string, string>>) =>
    belay('release build tree --version 1.0.0 --channel nightly', { ports, terminal: { env } })
  const { out } = await build({ SOURCE_DATE_EPOCH: '1700000000' })
  expect(out).toContain('warning: bin/a is compressed by itself')
  expect(out).toContain('Next: belay release sign --version 1.0.0 --channel nightly')
  await build({})
  expect(await build({ SOURCE_DATE_EPOCH: 'yesterday' })).toMatchObject({ code: 2 })
  expect(times).toStrictEqual([1_700_000_000, 0])
})
