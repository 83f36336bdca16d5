import { describe, expect, test } from 'vitest'
import { BelayError, type Problem } from '../model/problem.ts'
import type { Release } from '../model/release.ts'
import { type Decided, decide, type Question } from './decide.ts'

const day = 86_400_000
const now = Date.parse('2026-03-01T12:00:00Z')

function release(version: string, more: Partial<Release> = {}): Release {
  const publishedAt = '2026-01-01T00:00:00Z'
  const rest = { title: null, notes: null, url: null, prerelease: false, artifact: null, checksums: [], assets: [] }
  return { version, tag: `v${version}`, publishedAt, ...rest, ...more }
}

const policy = { window: null, minAgeMs: 0, hold: [] }

function ask(current: string | null, releases: readonly (string | Release)[], more: Partial<Question> = {}): Decided {
  return decide({
    current,
    absent: false,
    releases: releases.map((entry) => (typeof entry === 'string' ? release(entry) : entry)),
    scheme: 'semver',
    prereleases: false,
    policy,
    now,
    failedBefore: [],
    to: null,
    override: 'none',
    reach: null,
    ...more,
  })
}

/** `candidate 1.1.0`, `current local-newer 1.0.0`, `held 1.1.0 min-age`. */
function told(decided: Decided): string {
  switch (decided.kind) {
    case 'candidate':
      return `candidate ${decided.release.version}`
    case 'held':
      return `held ${decided.release.version} ${decided.by.kind}`
    case 'current':
      return `current ${decided.relation} ${decided.latest?.version ?? 'none'}`
  }
}

function problemFrom(run: () => unknown): Problem {
  try {
    run()
  } catch (error) {
    if (error instanceof BelayError) return error.problem
  }
  throw new Error('it did not fail')
}

/** The releases of marco-svitol/dunebugger-scheduler, in an order in which an API has answered. */
const scheduler = [9, 8, 7, 6, 5, 4, 3, 2, 15, 14, 13, 12, 11, 10, 1].map((n) => `1.0.0-beta.${n}`)

describe('D11: the newest release is the newest by version', () => {
  test('when the API puts another one first, then the newest is offered', () => {
    expect(told(ask('1.0.0-beta.5', scheduler, { prereleases: true }))).toBe('candidate 1.0.0-beta.15')
    expect(told(ask('1.0.0', ['1.9.0', '1.10.0', '1.2.0']))).toBe('candidate 1.10.0')
  })

  test('when two builds of one version are there, then the one published last is offered, in whatever order', () => {
    const older = release('1.1.0+b9', { publishedAt: '2026-01-01T00:00:00Z' })
    const newer = release('1.1.0+b10', { publishedAt: '2026-01-02T00:00:00Z' })
    expect(told(ask('1.0.0', [older, newer]))).toBe('candidate 1.1.0+b10')
    expect(told(ask('1.0.0', [newer, older]))).toBe('candidate 1.1.0+b10')
  })
})

describe('what is no update', () => {
  test.each([
    ['1.1.0', ['1.0.0', '1.1.0'], 'current current 1.1.0'],
    ['1.1', ['1.1.0'], 'current current 1.1.0'],
    ['1.1.0', ['1.1.0+b5'], 'current current 1.1.0+b5'],
    ['1.2.0', ['1.1.0'], 'current local-newer 1.1.0'],
    ['unknown', ['1.1.0'], 'current unknown 1.1.0'],
    [null, ['1.1.0'], 'current unknown 1.1.0'],
    ['1.0.0', [], 'current unknown none'],
    ['1.0.0', ['develop', 'latest'], 'current unknown none'],
  ] as const)('when %s is installed and %j released, then it is %s', (current, releases, expected) => {
    expect(told(ask(current, releases))).toBe(expected)
  })

  test('when releases cannot be read, then they are counted and the others still offered', () => {
    const decided = ask('1.0.0', ['latest', '1.1.0', 'nightly'])
    expect(told(decided)).toBe('candidate 1.1.0')
    expect(decided.skipped).toEqual({ unreadable: 2, prereleases: 0 })
  })
})

describe('prereleases', () => {
  test('when they are not wanted, then neither the flag nor the name lets one through', () => {
    const decided = ask('1.0.0', ['1.1.0-beta.1', release('1.2.0', { prerelease: true }), '1.0.1'])
    expect(told(decided)).toBe('candidate 1.0.1')
    expect(decided.skipped.prereleases).toBe(2)
  })

  test('when a beta is installed and they are not wanted, then it stays until a newer stable appears', () => {
    expect(told(ask('1.0.0-beta.5', scheduler))).toBe('current unknown none')
    expect(told(ask('1.0.0-beta.5', [...scheduler, '0.9.0']))).toBe('current local-newer 0.9.0')
    expect(told(ask('1.0.0-beta.5', [...scheduler, '1.0.0']))).toBe('candidate 1.0.0')
  })
})

describe('a first installation', () => {
  test('when nothing is installed, then the newest is a candidate', () => {
    expect(told(ask(null, ['1.0.0', '1.1.0'], { absent: true }))).toBe('candidate 1.1.0')
  })

  test.each([
    [[], 'Publish a release, or correct the source.'],
    [scheduler, 'Set prereleases: true at the source to install them, or name one with --to.'],
    [['nightly'], 'Set the scheme under version: to how this project counts (semver, pep440, calver, loose).'],
  ])('when the source offers %j, then it says what to do', (releases, hint) => {
    const problem = problemFrom(() => ask(null, releases, { absent: true }))
    expect([problem.code, problem.hint]).toEqual(['E_NO_RELEASE', hint])
  })
})

describe('a named version', () => {
  const releases = ['1.0.0', '1.1.0', '1.2.0-rc.1', '2.0.0+b4', '2.0.0+b5', 'nightly']
  test.each([
    ['1.1.0', 'candidate 1.1.0'],
    ['v1.1', 'candidate 1.1.0'],
    ['1.0.0', 'candidate 1.0.0'],
    ['1.2.0-rc.1', 'candidate 1.2.0-rc.1'],
    ['2.0.0+b5', 'candidate 2.0.0+b5'],
    ['nightly', 'candidate nightly'],
    ['1.1.1', 'current current 1.1.1'],
  ])('when --to is %s, then it is %s', (to, expected) => {
    const everything = to === '1.1.1' ? [...releases, '1.1.1'] : releases
    expect(told(ask('1.1.1', everything, { to }))).toBe(expected)
  })

  test('when another build of the installed version is named, then it is a candidate', () => {
    expect(told(ask('2.0.0+b4', releases, { to: '2.0.0+b5' }))).toBe('candidate 2.0.0+b5')
    expect(told(ask('2.0.0', releases, { to: '2.0.0+b5' }))).toBe('current current 2.0.0+b5')
  })

  test('when there is no such version, then the nearest are named', () => {
    const problem = problemFrom(() => ask('1.0.0', ['1.0.0', '1.1.0', '1.3.0', '3.0.0'], { to: '1.2.0' }))
    expect(problem.code).toBe('E_VERSION_NOT_FOUND')
    expect(problem.message).toBe('the source has no version 1.2.0')
    expect(problem.hint).toBe('It has 3.0.0, 1.3.0, 1.1.0.')
    expect(problemFrom(() => ask('1.0.0', releases, { to: '2.0.0+b6' })).code).toBe('E_VERSION_NOT_FOUND')
  })

  test('when it is held, too young or has failed before, then it is a candidate all the same', () => {
    const strict = { window: null, minAgeMs: 365 * day, hold: ['*'] }
    const failedBefore = [{ version: '1.1.0', run: 'r-00000001' }]
    expect(told(ask('1.0.0', releases, { to: '1.1.0', policy: strict, failedBefore }))).toBe('candidate 1.1.0')
  })
})

describe('holds', () => {
  const releases = ['1.1.0', '1.2.0', '2.0.0']

  test('when a pattern holds the newest, then the newest of the others is offered', () => {
    expect(told(ask('1.0.0', releases, { policy: { ...policy, hold: ['>=2'] } }))).toBe('candidate 1.2.0')
    expect(told(ask('1.0.0', releases, { policy: { ...policy, hold: ['>=2', '1.2.*'] } }))).toBe('candidate 1.1.0')
  })

  test('when everything newer is held, then the newest and its pattern are told', () => {
    const decided = ask('1.2.0', releases, { policy: { ...policy, hold: ['>=2'] }, override: 'now' })
    expect(decided).toMatchObject({ kind: 'held', release: { version: '2.0.0' }, by: { kind: 'hold', pattern: '>=2' } })
    expect(told(ask('2.0.0', releases, { policy: { ...policy, hold: ['*'] } }))).toBe('current current 2.0.0')
  })

  test('when a pattern cannot be read, then it holds', () => {
    expect(told(ask('1.0.0', releases, { policy: { ...policy, hold: ['nonsense'] } }))).toBe('held 2.0.0 hold')
  })

  test('when a release is younger than min_age, then it is held until it is old enough', () => {
    const young = release('2.0.0', { publishedAt: new Date(now - day).toISOString() })
    const slow = { ...policy, minAgeMs: 2 * day }
    expect(ask('1.2.0', [...releases.slice(0, 2), young], { policy: slow })).toMatchObject({
      kind: 'held',
      by: { kind: 'min-age', until: '2026-03-02T12:00:00.000Z' },
    })
    expect(told(ask('1.0.0', ['1.1.0', young], { policy: slow }))).toBe('candidate 1.1.0')
    expect(told(ask('1.2.0', [young], { policy: slow, now: now + day }))).toBe('candidate 2.0.0')
    expect(told(ask('1.2.0', [young], { policy: slow, override: 'asked' }))).toBe('held 2.0.0 min-age')
    expect(told(ask('1.2.0', [young], { policy: slow, override: 'now' }))).toBe('candidate 2.0.0')
    const undated = release('2.0.0', { publishedAt: null })
    expect(ask('1.2.0', [undated], { policy: slow })).toMatchObject({
      kind: 'held',
      by: { kind: 'min-age', until: null },
    })
  })

  test('when a version failed here before, then neither it nor an older one is tried until a person asks', () => {
    const failedBefore = [{ version: 'v2.0', run: 'r-0000000a' }]
    const decided = ask('1.0.0', releases, { failedBefore })
    expect(decided).toMatchObject({ kind: 'held', release: { version: '2.0.0' }, by: { run: 'r-0000000a' } })
    expect(told(ask('1.0.0', [...releases, '2.0.1'], { failedBefore }))).toBe('candidate 2.0.1')
    expect(told(ask('1.0.0', releases, { failedBefore, override: 'asked' }))).toBe('candidate 2.0.0')
  })

  test('when the window is closed, then the candidate waits for it unless it is overridden', () => {
    const windowed = { ...policy, window: { cron: '0 2 * * *', durationMs: 7_200_000, timezone: 'UTC' } }
    expect(ask('1.0.0', releases, { policy: windowed })).toMatchObject({
      kind: 'held',
      release: { version: '2.0.0' },
      by: { kind: 'window', opens: '2026-03-02T02:00:00.000Z' },
    })
    expect(told(ask('1.0.0', releases, { policy: windowed, override: 'asked', to: '1.1.0' }))).toBe('held 1.1.0 window')
    expect(told(ask('1.0.0', releases, { policy: windowed, override: 'now' }))).toBe('candidate 2.0.0')
    expect(told(ask('1.0.0', releases, { policy: windowed, now: now + 15 * 3_600_000 }))).toBe('candidate 2.0.0')
  })
})

describe('a branch, its newest commit first', () => {
  const [third, second, first] = ['0000000000cc', 'ffffffffffbb', '5555555555aa']
  const branch = [third, second, first]
  const follow = (current: string | null, more: Partial<Question> = {}) =>
    told(ask(current, branch, { scheme: 'commit', ...more }))

  test('when an older commit is there, then the head is offered, however the ids would sort', () => {
    expect(follow(first)).toBe(`candidate ${third}`)
    expect(follow(second)).toBe(`candidate ${third}`)
    expect(follow(third)).toBe(`current current ${third}`)
  })

  test('when the head is too young, then the newest that is old enough is offered, and none from before', () => {
    const young = { publishedAt: new Date(now - day / 2).toISOString() }
    const commits = [release(third, young), release(second), release(first)]
    const aged = { scheme: 'commit', policy: { ...policy, minAgeMs: day } } as const
    expect(told(ask(first, commits, aged))).toBe(`candidate ${second}`)
    expect(told(ask(second, commits, aged))).toBe(`held ${third} min-age`)
  })

  test('when the commit is none of the listed ones, then the head is offered', () => {
    expect(follow('123456789abc')).toBe(`candidate ${third}`)
  })

  test('when a commit is named by its whole id, then it is found', () => {
    expect(follow(third, { to: `${first}2213d1c7f491f546bf90edc5e6fe` })).toBe(`candidate ${first}`)
  })

  test('when the head failed here, then an older commit is not tried instead', () => {
    expect(follow(first, { failedBefore: [{ version: third, run: 'r-1' }] })).toBe(`held ${third} failed-before`)
  })
})

describe('what the policy auto lets through', () => {
  const releases = ['1.0.1', '1.1.0', '2.0.0']

  test.each([
    ['all', 'candidate 2.0.0'],
    ['minor', 'candidate 1.1.0'],
    ['patch', 'candidate 1.0.1'],
    ['none', 'held 2.0.0 auto'],
  ] as const)('when it is %s, then the answer is %s', (reach, expected) => {
    expect(told(ask('1.0.0', releases, { reach }))).toBe(expected)
  })

  test('when all that is newer goes too far, then the newest is held by it', () => {
    expect(ask('1.0.0', ['2.0.0'], { reach: 'patch' })).toMatchObject({
      kind: 'held',
      by: { kind: 'auto', auto: 'patch' },
    })
  })

  test('when nothing is installed, then nothing is installed unasked: a disk may be missing', () => {
    expect(told(ask(null, releases, { absent: true, reach: 'all' }))).toBe('held 2.0.0 auto')
  })

  test('when a patch failed here before, then an older one is not tried instead', () => {
    const failedBefore = [{ version: '1.0.2', run: 'r-1' }]
    expect(told(ask('1.0.0', [...releases, '1.0.2'], { reach: 'patch', failedBefore }))).toBe(
      'held 1.0.2 failed-before',
    )
  })

  test('when a prerelease is the next patch, then only a source that wants them gives it', () => {
    const beta = ['1.0.1-rc.1']
    expect(told(ask('1.0.0', beta, { reach: 'patch' }))).toBe('current unknown none')
    expect(told(ask('1.0.0', beta, { reach: 'patch', prereleases: true }))).toBe('candidate 1.0.1-rc.1')
  })
})
