import { expect, test } from 'vitest'
import { parseReference } from './reference.ts'
import { digestIn, followedVersion, referenceOfTag, runningTag, versionOfTag } from './running.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`
const short = 'sha256:0123456789ab'

function reference(text: string) {
  const parsed = parseReference(text)
  if (parsed === null) throw new Error(`no reference: ${text}`)
  return parsed
}

test.each([
  ['ghcr.io/o/app:1.2.3', [], '1.2.3'],
  ['ghcr.io/o/app:1.2-alpine', [`ghcr.io/o/app@${digest}`], '1.2-alpine'],
  ['ghcr.io/o/app:latest', [`ghcr.io/o/app@${digest}`], `latest@${short}`],
  ['ghcr.io/o/app', [`ghcr.io/o/app@${digest}`], `latest@${short}`],
  ['host:5000/app:develop', [`other/app@sha256:${'f'.repeat(64)}`, `host:5000/app@${digest}`], `develop@${short}`],
  [`ghcr.io/o/app@${digest}`, [], `latest@${short}`],
  [`ghcr.io/o/app:1.0.0@${digest}`, [], '1.0.0'],
  ['local/built:latest', [], null],
])(
  'when %s runs then its version is told by its tag, or by its digest where the tag moves',
  (text, digests, wanted) => {
    expect(runningTag(reference(text), digests)).toBe(wanted)
  },
)

test('when a tag that looks like a version is followed by its digest then that tells what runs', () => {
  const digests = [`ghcr.io/o/app@${digest}`]
  expect(runningTag(reference('ghcr.io/o/app:16'), digests, '16')).toBe(`16@${short}`)
  expect(runningTag(reference('ghcr.io/o/app:16.1'), digests, '16')).toBe('16.1')
  expect(versionOfTag(`16@${short}`)).toBe(`16@${short}`)
})

test('when a tag names a version then its family is no part of it', () => {
  expect(versionOfTag('v1.2.3-alpine')).toBe('1.2.3')
  expect(versionOfTag(followedVersion('latest', digest))).toBe(`latest@${short}`)
})

test('when a kept tag becomes a reference again then it has its digest in that repository alone', () => {
  const app = reference('ghcr.io/o/app:2.0.0')
  expect(referenceOfTag(`latest@${short}`, app, [`ghcr.io/o/app@${digest}`])).toEqual({ ...app, tag: 'latest', digest })
  expect(digestIn(app, [`docker.io/o/app@${digest}`])).toBeNull()
})
