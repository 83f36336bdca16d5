import { expect, test } from 'vitest'
import { imagePlatform, isSchema1, pickEntry, platformNames, readManifest } from './manifest.ts'
import { digestOfText, image, index } from './testing.ts'

const entriesOf = (...platforms: readonly string[]) => {
  const rows = platforms.map((platform) => {
    const [os, architecture, variant] = platform.split('/')
    return [digestOfText(platform), { os, architecture, ...(variant === undefined ? {} : { variant }) }] as const
  })
  const manifest = readManifest(index(...rows))
  return manifest.kind === 'index' ? manifest.entries : []
}

const on = (arch: string) => imagePlatform({ os: 'linux', arch })

test.each([
  ['x64', ['linux/arm64/v8', 'linux/amd64'], 'linux/amd64'],
  ['x64', ['linux/amd64/v3', 'linux/amd64/v2'], 'linux/amd64/v2'],
  ['x64', ['windows/amd64', 'linux/386'], null],
  ['arm64', ['linux/arm64', 'linux/arm64/v8'], 'linux/arm64/v8'],
  ['arm64', ['linux/arm64', 'linux/arm/v7'], 'linux/arm64'],
  ['arm', ['linux/arm64', 'linux/arm/v6', 'linux/arm/v7'], 'linux/arm/v7'],
  ['arm', ['linux/arm/v6'], 'linux/arm/v6'],
  ['ia32', ['linux/amd64', 'linux/386'], 'linux/386'],
  ['ppc64', ['linux/ppc64le'], 'linux/ppc64le'],
  ['s390x', ['linux/s390x'], 'linux/s390x'],
  ['x64', ['unknown/unknown'], null],
  ['x64', [], null],
])('when %s is offered %j, then it takes %s', (arch, offered, expected) => {
  const found = pickEntry(entriesOf(...offered), on(arch))
  expect(found?.digest ?? null).toBe(expected === null ? null : digestOfText(expected))
})

test('when an engine says which variant it has, then that one comes first', () => {
  const entries = entriesOf('linux/arm/v7', 'linux/arm/v6')
  expect(pickEntry(entries, { os: 'linux', architecture: 'arm', variant: 'v6' })?.digest).toBe(
    digestOfText('linux/arm/v6'),
  )
})

test('when platforms are named, then those of no image are left out', () => {
  expect(platformNames(entriesOf('linux/amd64', 'linux/amd64', 'linux/arm/v7', 'unknown/unknown'))).toStrictEqual([
    'linux/amd64',
    'linux/arm/v7',
  ])
})

const two = image(10, 20)

test.each([
  [
    two,
    { kind: 'image', bytes: 130, parts: [two.config, ...two.layers].map(({ digest, size }) => ({ digest, size })) },
  ],
  [{ schemaVersion: 1, fsLayers: [] }, { kind: 'schema1' }],
  [{ schemaVersion: 2 }, { kind: 'other', what: expect.any(String) }],
  [
    { ...image(1), layers: [{ size: -1 }] },
    { kind: 'other', what: expect.any(String) },
  ],
  ['manifest', { kind: 'other', what: expect.any(String) }],
])('when a manifest is %j, then it is read by what it holds', (json, expected) => {
  expect(readManifest(json)).toStrictEqual(expected)
})

test.each([
  ['application/vnd.docker.distribution.manifest.v1+prettyjws', true],
  ['application/vnd.docker.distribution.manifest.v1+json; charset=utf-8', true],
  ['application/vnd.docker.distribution.manifest.v2+json', false],
  [undefined, false],
])('when the type is %s, then its being the first format is %s', (type, expected) => {
  expect(isSchema1(type)).toBe(expected)
})
