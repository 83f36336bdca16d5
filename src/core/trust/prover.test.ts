import { expect, test } from 'vitest'
import { type Problem, problem } from '../model/problem.ts'
import type { Rung } from '../model/release.ts'
import { type Proven, prove, type Prover, type Question } from './prover.ts'
import { requireOnly } from './settings.ts'

const artifact = { name: 'a.tar.gz', url: 'https://x.test/a', bytes: null, digest: null }
const about = { title: null, notes: null, url: null, publishedAt: null, prerelease: false, checksums: [], assets: [] }
const question: Question = {
  release: { version: '1.0.0', tag: 'v1.0.0', artifact, ...about },
  artifact,
  source: { type: 'http' },
  trust: requireOnly('tls'),
  products: [],
  stated: null,
  nowMs: 0,
  signal: new AbortController().signal,
  read: () => Promise.reject(new Error('nothing is read')),
}

const proven: Proven = { kind: 'commit', proof: { rung: 'signature', kind: 'git', by: 'anna' } }
const built: Proven = { kind: 'commit', proof: { rung: 'attestation', kind: 'attestation', by: 'w.yml' } }
const missing = problem('E_SIGNATURE_MISSING', 'none is there')
const stranger = problem('E_SIGNER_UNTRUSTED', 'a stranger signed')
const wrong = problem('E_SIGNATURE_INVALID', 'it does not hold')
const other = problem('E_SIGNATURE_OTHER', 'it is about something else')

type Given = Proven | Problem | Error | 'not configured'

/** `asked`: the rungs in the order of asking. */
function ask(answers: readonly (readonly [Rung, Given])[], signal = question.signal) {
  const asked: Rung[] = []
  const provers = answers.map(
    ([rung, answer]): Prover => ({
      rung,
      applies: () => answer !== 'not configured',
      prove: async () => {
        asked.push(rung)
        if (answer === 'not configured') throw new Error(answer)
        if (answer instanceof Error) throw answer
        return answer
      },
    }),
  )
  return { result: prove(provers, { ...question, signal }), asked }
}

test('when several may prove it, then the highest rung is asked first, and what proves it comes in that order', async () => {
  const { result, asked } = ask([
    ['signature', proven],
    ['attestation', built],
    ['tuf', missing],
  ])
  expect(await result).toEqual({ proven: [built, proven], missing: [missing] })
  expect(asked).toEqual(['tuf', 'attestation', 'signature'])
})

test('when a proof is missing or by a stranger, then that is told where nothing higher proves it', async () => {
  const { result } = ask([
    ['signature', proven],
    ['attestation', stranger],
    ['tuf', 'not configured'],
  ])
  expect(await result).toEqual({ proven: [proven], missing: [stranger] })
  expect(await ask([['signature', missing]]).result).toEqual({ proven: [], missing: [missing] })
  expect(
    await ask([
      ['signature', stranger],
      ['attestation', built],
    ]).result,
  ).toEqual({ proven: [built], missing: [] })
  expect(await ask([]).result).toEqual({ proven: [], missing: [] })
})

test.each([wrong, other])('when a proof speaks against it (%j), then that counts, higher or lower', async (against) => {
  for (const [high, low] of [
    [against, proven],
    [built, against],
  ] as const) {
    const { result } = ask([
      ['attestation', high],
      ['signature', low],
    ])
    expect(await result).toBe(against)
  }
})

test('when one cannot be asked, then nothing is known, unless a higher one has proven it', async () => {
  const away = new Error('no network')
  await expect(ask([['signature', away]]).result).rejects.toBe(away)
  const { result } = ask([
    ['attestation', built],
    ['signature', away],
  ])
  expect(await result).toEqual({ proven: [built], missing: [] })
  const ended = AbortSignal.abort(new Error('cancelled'))
  await expect(
    ask(
      [
        ['attestation', built],
        ['signature', away],
      ],
      ended,
    ).result,
  ).rejects.toThrow('cancelled')
})
