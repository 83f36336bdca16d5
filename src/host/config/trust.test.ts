import { expect, test } from 'vitest'
import { z } from 'zod'
import { problemOf } from '../../core/model/problem.ts'
import { requireOnly } from '../../core/trust/settings.ts'
import { sampleKinds } from '../../protocol/config/kinds.fixture.ts'
import { parseConfigValue } from '../../protocol/config/parse.ts'
import { parseConfig } from './parse.ts'

const sample = sampleKinds()
const ofGit = (key: string) => z.object({ type: z.literal('git'), [key]: z.string() })
const kinds = {
  ...sample,
  sources: { ...sample.sources, git: ofGit('url') },
  strategies: { ...sample.strategies, git: ofGit('path') },
}
const key = 'RWRKvds6jS8zjOnHbspsK8AqFuhMqfgui2Iy0EltAFgYjgFRxIvCT4jx'
/** With a slash in it, as in a path. */
const slashed = 'RWQRR/UWtZzSZhkgTIw7qFugWc0YrJAXvQKhjaXRDGj7d5o0vkPvBneR'
const github = { type: 'github', repo: 'a/b' }

function text(trust: string, source: object) {
  const strategies: Readonly<Record<string, object>> = {
    oci: { type: 'compose', file: '/srv/compose.yml', service: 'app' },
    git: { type: 'git', path: '/srv/a' },
  }
  const strategy = strategies[String(Reflect.get(source, 'type'))] ?? { type: 'directory', path: '/srv/a' }
  return `version: 1\ncomponents:\n  core:\n    source: ${JSON.stringify(source)}\n    strategy: ${JSON.stringify(strategy)}\n    trust: ${trust}\n`
}

function parse(trust: string, source: object = github) {
  const from = { text: text(trust, source), file: '/etc/belay/belay.yaml', shown: 'belay.yaml', baseDir: '/etc/belay' }
  return parseConfig(from, kinds).components.values().next().value?.trust
}

function refused(trust: string, source?: object): unknown {
  try {
    return parse(trust, source)
  } catch (error) {
    return problemOf(error).facts['errors']
  }
}

test('when keys are named, then they are read, and paths are meant from the folder of the config', () => {
  expect(
    parse(`
      product: app
      keys: { minisign: [ ${key}, ${slashed}, keys/app.pub, ./RW/k, /srv/k.pub ] }
      attestation: { repo: o/r, workflow: release.yml, ref: 'refs/tags/{tag}', trusted_root: root.json }`),
  ).toEqual({
    require: 'signature',
    product: 'app',
    minisign: [key, slashed, '/etc/belay/keys/app.pub', '/etc/belay/RW/k', '/srv/k.pub'],
    attestation: {
      repo: 'o/r',
      workflow: 'release.yml',
      ref: 'refs/tags/{tag}',
      issuer: null,
      trustedRoot: '/etc/belay/root.json',
    },
    cosign: null,
    git: null,
  })
})

const image = { type: 'oci', image: 'ghcr.io/o/app' }

test.each([
  ['{ cosign: { key: app.pub } }', image, { cosign: { kind: 'key', key: '/etc/belay/app.pub' } }],
  ['{ cosign: { key: "-----BEGIN PUBLIC KEY-----" } }', image, { cosign: { key: '-----BEGIN PUBLIC KEY-----' } }],
  [
    '{ cosign: { identity: a@b.org, issuer: "https://x.org" } }',
    image,
    { cosign: { kind: 'identity', identity: 'a@b.org', issuer: 'https://x.org' } },
  ],
])('when an image has %s, then whose signature counts is known, and one is required', (trust, source, expected) => {
  expect(parse(trust, source)).toMatchObject({ require: 'signature', ...expected })
})

test.each([
  [`{ keys: { minisign: [ ${key} ] } }`, 'signature'],
  [`{ keys: { minisign: [ ${key} ] }, require: checksum }`, 'checksum'],
  [`{ keys: { minisign: [ ${key} ] }, checksum: required }`, 'checksum'],
  ['{ attestation: { repo: o/r, workflow: w.yml } }', 'attestation'],
  ['{ attestation: { repo: o/r, workflow: w.yml }, require: signature }', 'signature'],
  ['{ keys: { minisign: [] } }', 'checksum'],
  ['{}', 'checksum'],
])('when trust is %s, then %s is required', (trust, require) => {
  expect(parse(trust)?.require).toBe(require)
})

test('when nothing is said of keys, then nobody is known', () => {
  expect(parse('{ require: tls }')).toEqual(requireOnly('tls'))
})

const git = { type: 'git', url: 'https://x.org/r.git' }

test.each([
  [
    '{ require: signature }',
    github,
    'require: say whose signature counts. Add keys: { minisign: [ RW… ] } under trust',
  ],
  [
    '{ require: signature, keys: { minisign: [] } }',
    github,
    'require: say whose signature counts. Add keys: { minisign: [ RW… ] } under trust',
  ],
  [
    '{ require: signature }',
    image,
    'require: say whose signature counts. Add cosign: { key: /etc/belay/keys/app.pub } under trust',
  ],
  [
    '{ require: attestation }',
    github,
    'require: say which build counts. Add attestation: { repo: owner/name, workflow: release.yml } under trust',
  ],
  [
    '{ require: tuf }',
    github,
    'require: only a signed repository is proven so. Use source: { type: belay, … }, or ask for less',
  ],
  [
    '{ require: signature }',
    git,
    'require: nothing is published beside a commit to compare it with. Write require: tls, or name those who sign: git: { allowed_signers: … }',
  ],
  ['{ cosign: { key: a.pub } }', github, 'cosign: cosign signs images. Use it with source: { type: oci, … }'],
  ['{ git: { allowed_signers: s } }', github, 'git: signed tags and commits are of source: { type: git, … }'],
  [
    `{ keys: { minisign: [ ${key} ] } }`,
    { ...github, asset: 'source-zip' },
    'keys: source-zip has no checksum to compare with. Write require: tls, or name a published file as asset',
  ],
  [
    '{ cosign: { key: a, identity: b, issuer: "https://x.org" } }',
    image,
    'cosign: write either key, or identity and issuer',
  ],
  ['{ cosign: { identity: b } }', image, 'cosign: write either key, or identity and issuer'],
  [
    `{ keys: { minisign: [ ${key.slice(0, -1)} ] } }`,
    github,
    'keys.minisign[0]: is no public key of minisign: one has 56 characters and begins with RW',
  ],
  ['{ keys: { minisgn: [] } }', github, 'keys.minisgn: unknown key. Did you mean minisign?'],
  ['{ attestations: {} }', github, 'attestations: unknown key. Did you mean attestation?'],
  ['{ attestation: { repo: o/r } }', github, 'attestation: workflow is missing'],
])('when trust is %s, then it is refused and says what to do', (trust, source, message) => {
  expect(refused(trust, source)).toEqual([expect.stringContaining(`components.core.trust.${message}`)])
})

test('when a commit must be signed, then those who sign are enough', () => {
  expect(parse('{ git: { allowed_signers: signers } }', git)).toMatchObject({
    require: 'signature',
    git: { allowedSigners: '/etc/belay/signers', keyring: null },
  })
  expect(parse('{ require: tls, git: { allowed_signers: signers } }', git)?.require).toBe('tls')
})

test('when a program gives the config as a value, then it is the same', () => {
  const config = {
    version: 1,
    components: {
      core: { source: github, strategy: { type: 'directory', path: '/srv/a' }, trust: { keys: { minisign: [key] } } },
    },
  }
  const parsed = parseConfigValue(config, '/', kinds)
  expect([...parsed.components.values()][0]?.trust).toEqual({ ...requireOnly('signature'), minisign: [key] })
})
