import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { BelayError } from '../../core/model/problem.ts'
import { imageScalar, readComposeText } from './compose-text.ts'
import { replaceScalar, sourceOf } from './scalar.ts'

const fixtures = join(import.meta.dirname, '../../../test/fixtures/compose')
const real = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yml'))

function changed(text: string, service: string, value: string): string {
  const scalar = imageScalar(text, service)
  if (scalar === null) throw new Error(`${service} has no image`)
  return replaceScalar(text, scalar, sourceOf(scalar, value))
}

describe.each(real)('%s', (name) => {
  const bytes = readFileSync(join(fixtures, name))
  const text = bytes.toString('utf8')
  const services = [...readComposeText(text).services].filter(([, { image }]) => image !== null)

  test('when the image of a service gets another tag, then exactly one line differs, by the tag alone', () => {
    expect(services.length).toBe(name.startsWith('whisper') ? 0 : readComposeText(text).services.size)
    for (const [service, { image }] of services) {
      const written = image?.value ?? ''
      const to = `${written.slice(0, written.indexOf(':'))}:9.9.9-new`
      const [before, after] = [text.split('\n'), changed(text, service, to).split('\n')]
      const different = after.flatMap((line, at) => (line === before[at] ? [] : [at]))
      expect(after).toHaveLength(before.length)
      expect(different).toHaveLength(1)
      const at = different[0] ?? -1
      expect(after[at]).toBe(before[at]?.replace(written, to))
    }
  })

  test('when the image is put back, then every byte is as before', () => {
    for (const [service, { image }] of services) {
      const there = changed(text, service, 'some/other:1.2.3')
      expect(Buffer.from(changed(there, service, image?.value ?? ''))).toEqual(bytes)
    }
  })
})

test.each([
  ['a plain one with a comment', 'services:\n  web:\n    image: web:1 # pinned: web:1\n', 'web:1'],
  ['one in double quotes', 'services:\n  web:\n    image: "web:1"   \n', 'web:1'],
  ['one in single quotes', "services: {web: {'image': 'web:1', tty: true}}", 'web:1'],
  ['flow style without quotes', 'services: { web: { image: web:1, tty: true } }\n', 'web:1'],
  ['CRLF and a tab before the comment', 'services:\r\n  web:\r\n    image: web:1\t# x\r\n    tty: true\r\n', 'web:1'],
  ['a byte order mark', '\uFEFFservices:\n  web:\n    image: web:1\n', 'web:1'],
  ['no final newline', 'services:\n  web:\n    image: web:1', 'web:1'],
  ['a line of its own', 'services:\n  web:\n    image:\n      web:1\n    # next\n    tty: true\n', 'web:1'],
  ['a folded block', 'services:\n  web:\n    image: >-\n      web:1\n\n    tty: true\n', 'web:1'],
  ['a literal block at the end', 'services:\n  web:\n    image: |\n      web:1', 'web:1'],
  ['an anchor before it', 'services:\n  web:\n    image: &img "web:1"\n', 'web:1'],
  ['an alias', 'x-img: &img web:1\nservices:\n  web:\n    image: *img\n', 'web:1'],
  ['what is merged in', 'x-app: &app\n  image: web:1\nservices:\n  web:\n    <<: *app\n    tty: true\n', 'web:1'],
  [
    'the first of two that are merged in',
    'x: [&a {image: web:1}, &b {image: b}]\nservices:\n  web: {<<: [*a, *b]}',
    'web:1',
  ],
  ['its own before what is merged in', 'x: &a {image: a}\nservices:\n  web:\n    image: web:1\n    <<: *a\n', 'web:1'],
  ['a whole service behind an alias', 'x: &a {image: web:1}\nservices:\n  web: *a\n', 'web:1'],
  ['the last of two equal keys', 'services:\n  web:\n    image: old:0\n    image: web:1\n', 'web:1'],
  ['the last of two documents', 'services:\n  web: {image: old:0}\n---\nservices:\n  web: {image: web:1}\n', 'web:1'],
  ['a port in the name', 'services:\n  web: {image: host:5000/web:1}\n', 'host:5000/web:1'],
  ['variables', 'services:\n  web:\n    image: "${REG:-a.b}/web:${TAG}"\n', '${REG:-a.b}/web:${TAG}'],
  ['an escape in quotes', 'services:\n  web:\n    image: "we\\x62:1"\n', 'web:1'],
  ['a written type', 'services:\n  web:\n    image: !!str web:1\n', 'web:1'],
])('when the image is written as %s, then it is found, and nothing but its characters changes', (_, text, value) => {
  const scalar = imageScalar(text, 'web')
  expect(scalar?.value).toBe(value)
  expect(text.slice(...(scalar?.range ?? []))).toBe(scalar?.source)
  const after = changed(text, 'web', 'other/name:2')
  expect(imageScalar(after, 'web')?.value).toBe('other/name:2')
  const [start, end] = scalar?.range ?? [0, 0]
  expect(after.slice(0, start)).toBe(text.slice(0, start))
  expect(after.slice(after.length - (text.length - end))).toBe(text.slice(end))
  expect(after.includes('\n') || !text.includes('\n')).toBe(true)
})

test.each([
  ['no such service', 'services:\n  app: {image: a}\n'],
  ['no image', 'services:\n  web: {build: .}\n'],
  ['an empty image', 'services:\n  web: {image: }\n'],
  ['one that is taken away', 'services:\n  web: {image: !reset null}\n'],
  ['a list', 'services:\n  web: {image: [a]}\n'],
  ['an anchor that contains itself', 'x: &a\n  <<: *a\nservices:\n  web: *a\n'],
  ['no services at all', 'name: x\n'],
  ['nothing', ''],
])('when there is %s, then there is no image', (_, text) => {
  expect(imageScalar(text, 'web')).toBeNull()
})

test.each([
  ['is not YAML', 'services:\n  web: {image: a\n'],
  ['is nested without end', `services: ${'['.repeat(20_000)}`],
  ['has an image over several lines', 'services:\n  web:\n    image: >-\n      a\n      b\n'],
])('when a file %s, then it is refused with a reason', (_, text) => {
  try {
    readComposeText(text)
    expect.unreachable()
  } catch (error) {
    expect(error).toBeInstanceOf(BelayError)
    expect((error as BelayError).problem).toMatchObject({ code: 'E_COMPOSE_IMAGE', hint: expect.any(String) })
  }
})

test('when a file is no YAML, then it is said which one and where', () => {
  const text = 'services:\n  web:\n    image: a\n  - db\n'
  expect(() => readComposeText(text, '/srv/shop/compose.yml')).toThrow(/^\/srv\/shop\/compose\.yml .*line 4/)
})

test('when a file extends, includes and has a name, then all of it is read as it is written', () => {
  const text = `
name: \${NAME:-shop}
include:
  - a.yml
  - path: [b.yml, c.yml]
    project_directory: sub
    env_file: b.env
services:
  one: {extends: two}
  two: {extends: {file: common.yml, service: base}, image: two:1}
`
  const { name, includes, services } = readComposeText(text)
  expect(name).toBe('${NAME:-shop}')
  expect(includes).toEqual([
    { path: ['a.yml'], directory: null, envFiles: null },
    { path: ['b.yml', 'c.yml'], directory: 'sub', envFiles: ['b.env'] },
  ])
  expect(services.get('one')).toMatchObject({ image: null, extends: { service: 'two', file: null } })
  expect(services.get('two')).toMatchObject({ extends: { service: 'base', file: 'common.yml' } })
})
