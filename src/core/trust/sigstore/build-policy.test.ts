import { describe, expect, test } from 'vitest'
import { type AttestationSettings, compareSigner, expectedBuild, githubIssuer } from './build-policy.ts'

const release = { tag: 'v1.1.0', version: '1.1.0' }
const own = { repo: 'o/app', workflow: 'release.yml' }

describe('what the certificate must say', () => {
  test.each<readonly [string, AttestationSettings, string, string, string]>([
    [
      'no more than repository and workflow',
      own,
      'https://github.com/o/app/.github/workflows/release.yml@refs/tags/v1.1.0',
      'https://github.com/o/app',
      'refs/tags/v1.1.0',
    ],
    [
      'a ref with the version in it',
      { ...own, ref: 'refs/tags/app-{version}' },
      'https://github.com/o/app/.github/workflows/release.yml@refs/tags/app-1.1.0',
      'https://github.com/o/app',
      'refs/tags/app-1.1.0',
    ],
    [
      'a workflow with its folder',
      { ...own, workflow: '.github/workflows/x.yml', ref: 'refs/heads/main' },
      'https://github.com/o/app/.github/workflows/x.yml@refs/heads/main',
      'https://github.com/o/app',
      'refs/heads/main',
    ],
    [
      'a workflow of another repository',
      { ...own, workflow: 'o/shared/.github/workflows/x.yml@refs/tags/v2' },
      'https://github.com/o/shared/.github/workflows/x.yml@refs/tags/v2',
      'https://github.com/o/app',
      'refs/tags/v1.1.0',
    ],
    [
      'a repository elsewhere',
      { repo: 'https://git.example.org/o/app', workflow: 'o/shared/.github/workflows/x.yml@refs/heads/main' },
      'https://git.example.org/o/shared/.github/workflows/x.yml@refs/heads/main',
      'https://git.example.org/o/app',
      'refs/tags/v1.1.0',
    ],
    [
      'the whole identity',
      { ...own, workflow: 'https://gitlab.example.org/g/p//.gitlab-ci.yml@refs/heads/main' },
      'https://gitlab.example.org/g/p//.gitlab-ci.yml@refs/heads/main',
      'https://github.com/o/app',
      'refs/tags/v1.1.0',
    ],
  ])('when the config names %s, then it is this and nothing else', (_, settings, subject, repository, ref) => {
    expect(expectedBuild(settings, release)).toStrictEqual({
      subject,
      issuer: githubIssuer,
      source: { repository, ref },
    })
  })

  test('when a tag looks like a placeholder or a pattern, then it stays as it is', () => {
    for (const tag of ['{version}', '$&', '$1', '.*']) {
      expect(expectedBuild(own, { tag, version: 'x' }).source?.ref).toBe(`refs/tags/${tag}`)
    }
  })
})

describe('who signed', () => {
  const expected = expectedBuild(own, release)
  const good = {
    subject: expected.subject,
    issuer: githubIssuer,
    repository: 'https://github.com/o/app',
    ref: 'refs/tags/v1.1.0',
  }

  test('when all of it is equal, then it is the one that is trusted', () => {
    expect(compareSigner(good, expected, 'app')).toBe(null)
  })

  test.each([
    ['issuer', { issuer: 'https://evil.example' }],
    ['repository', { repository: 'https://github.com/O/app' }],
    ['ref', { ref: 'refs/tags/v1.1.0 ' }],
    ['workflow', { subject: `${good.subject}x` }],
    ['workflow', { subject: null }],
    ['ref', { ref: null, subject: null }],
  ])('when the %s is %j, then it is refused, and both are told', (what, change) => {
    expect(compareSigner({ ...good, ...change }, expected, 'app')).toMatchObject({
      code: 'E_SIGNER_UNTRUSTED',
      facts: { what },
    })
  })

  test('when a person is trusted, then no repository is asked for', () => {
    const person = { subject: 'dev@example.org', issuer: 'https://accounts.example.org', source: null }
    expect(compareSigner({ ...person, repository: null, ref: null }, person, 'app')).toBe(null)
    expect(compareSigner({ ...person, repository: null, ref: null, issuer: null }, person, 'app')).toMatchObject({
      message: 'app is signed with the issuer none that can be told, and https://accounts.example.org is trusted',
    })
  })
})
