import { expect, test } from 'vitest'
import { valueAt } from './finding.ts'
import { configJsonSchema } from './json-schema.ts'
import { sampleKinds } from './kinds.fixture.ts'

const schema: unknown = JSON.parse(JSON.stringify(configJsonSchema(sampleKinds())))
const component = ['properties', 'components', 'additionalProperties', 'properties']

test('when an editor reads it, then every adapter is one of the choices at its place', () => {
  expect(valueAt(schema, ['$schema'])).toBe('https://json-schema.org/draft/2020-12/schema')
  expect(valueAt(schema, ['required'])).toEqual(['version', 'components'])
  const types = (path: readonly (string | number)[]) => {
    const choices = valueAt(schema, [...component, ...path, 'oneOf'])
    return Array.isArray(choices)
      ? choices.map((choice: unknown) => valueAt(choice, ['properties', 'type', 'const']))
      : []
  }
  expect(types(['source'])).toEqual(['github', 'http', 'oci'])
  expect(types(['strategy', 'oneOf', 0, 'properties', 'service'])).toEqual(['none', 'systemd', 'process'])
  expect(types(['data', 'items'])).toEqual(['path', 'sqlite'])
  expect(types(['checks', 'properties', 'after', 'items'])).toEqual(['disk_space', 'health_endpoint'])
})

test('when a version probe is written, then its key tells its kind and the scheme may stand beside it', () => {
  const file = valueAt(schema, [...component, 'version', 'oneOf', 0])
  expect(valueAt(file, ['required'])).toEqual(['file'])
  expect(valueAt(file, ['properties', 'scheme', 'enum'])).toEqual(['semver', 'pep440', 'calver', 'loose'])
  expect(valueAt(schema, [...component, 'build_date', 'oneOf', 0, 'properties', 'scheme'])).toBeUndefined()
})

test('when a key has a default, then it may be left out and a text is what is written for a duration', () => {
  const policy = [...component, 'policy']
  expect(valueAt(schema, [...policy, 'required'])).toBeUndefined()
  expect(valueAt(schema, [...policy, 'properties', 'soak', 'default'])).toBe('0s')
  expect(valueAt(schema, [...policy, 'properties', 'auto', 'enum'])).toEqual(['none', 'patch', 'minor', 'all'])
})
