import { expect, test } from 'vitest'
import type { ManifestFacts } from '../../ports/manifest-tools.ts'
import { generateManifest } from './generate.ts'
import { validateManifest } from './validate.ts'

const bare: ManifestFacts = {
  version: '1.2.0',
  tag: 'v1.2.0',
  type: 'python_app',
  component: null,
  artifact: null,
  path: '/opt/app',
  backups: null,
  service: null,
  image: null,
  requirements: null,
  migrations: null,
  health: null,
  minRemote: null,
  minimumMb: 1000,
}

const whole: ManifestFacts = {
  ...bare,
  component: 'core',
  artifact: { name: 'app-1.2.0.tar.gz', url: 'https://example.org/app-1.2.0.tar.gz', sha256: 'a'.repeat(64) },
  backups: '/opt/backups',
  service: 'app',
  requirements: 'requirements.txt',
  migrations: 'scripts/migrate.sh',
  health: 'http://localhost:5000/health',
  minRemote: '1.0.0',
}

const container: ManifestFacts = {
  ...bare,
  type: 'container',
  tag: '1.2.0',
  path: null,
  service: 'scheduler',
  image: 'ghcr.io/o/scheduler',
  health: 'http://localhost:8080/health',
}

test.each([
  ['little', bare],
  ['everything', whole],
  ['a container', container],
])('when it is told %s, then what it makes is taken by the judge of hosts, as YAML and as JSON', (_, facts) => {
  for (const format of ['yaml', 'json'] as const) {
    const text = generateManifest(facts, format)
    expect(validateManifest(Buffer.from(text), `update-manifest.${format}`, facts)).toEqual([])
    // With nothing known but the version, it still does not contradict itself.
    const alone = { ...bare, type: facts.type, path: null, tag: facts.tag }
    expect(validateManifest(Buffer.from(text), `update-manifest.${format}`, alone)).toEqual([])
  }
})

test('when it is of another version, then each place that names the old one is told', () => {
  const text = generateManifest(container)
  expect(validateManifest(Buffer.from(text), 'm.yaml', { ...container, version: '1.3.0', tag: '1.3.0' })).toEqual([
    expect.stringMatching(/^m\.yaml:1:10 version: is of 1\.2\.0, but this release is 1\.3\.0$/),
    expect.stringContaining('image_tag: names the tag 1.2.0'),
    expect.stringContaining('image: names the tag 1.2.0'),
    expect.stringContaining('expected_version: expects 1.2.0'),
  ])
})

test('when it names two services, then it contradicts itself', () => {
  const text = generateManifest(whole).replace(
    'stop_service"\n    service_name: "app"',
    'stop_service"\n    service_name: "other"',
  )
  expect(validateManifest(Buffer.from(text), 'm.yaml', { ...whole, service: null })).toEqual([
    expect.stringContaining('"other" is not a service of core'),
  ])
})

test('when it unpacks another file than it downloads, then it contradicts itself', () => {
  const text = generateManifest(whole).replace('archive: "app-1.2.0.tar.gz"', 'archive: "app-1.1.0.tar.gz"')
  expect(validateManifest(Buffer.from(text), 'm.yaml', { ...whole, artifact: null })).toEqual([
    expect.stringContaining('names the file app-1.2.0.tar.gz, but this release installs app-1.1.0.tar.gz'),
  ])
})

test('when its checksum is of another file, then that is told', () => {
  const text = generateManifest({
    ...whole,
    artifact: {
      ...whole.artifact,
      name: 'app-1.2.0.tar.gz',
      url: 'https://example.org/app-1.2.0.tar.gz',
      sha256: 'b'.repeat(64),
    },
  })
  expect(validateManifest(Buffer.from(text), 'm.yaml', whole)).toEqual([
    `m.yaml: the checksum is not that of app-1.2.0.tar.gz, which is sha256:${'a'.repeat(64)}`,
  ])
})

test('when a container has no image, then it is told which option is missing', () => {
  expect(() => generateManifest({ ...container, image: null })).toThrow(
    expect.objectContaining({
      problem: expect.objectContaining({ code: 'E_USAGE', hint: expect.stringContaining('--image') }),
    }),
  )
})
