import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import type { Route } from '../route.ts'
import { routes } from '../routes/index.ts'
import { openapiDocument } from './document.ts'

/** As far as this file looks at it: OpenAPI 3.1, section 4.8. */
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly 'x-scope': string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters?: readonly { name: string; in: string; required: boolean; schema: object }[]
  readonly requestBody?: { content: Readonly<Record<string, { schema: { $ref: string } }>> }
  readonly responses: Readonly<Record<string, { description: string; content: Readonly<Record<string, object>> }>>
}

const document = JSON.parse(JSON.stringify(openapiDocument(routes, '1.2.3'))) as {
  readonly openapi: string
  readonly info: Readonly<Record<string, string>>
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { schemas: Readonly<Record<string, object>>; securitySchemes: Readonly<Record<string, object>> }
}
const operations = Object.values(document.paths).flatMap((path) => Object.values(path))

function operationOf({ path, method }: Route): Operation | undefined {
  return document.paths[path]?.[method.toLowerCase()]
}

test('when the API is described then every route is in it, and nothing else', () => {
  expect(routes.filter((route) => operationOf(route) === undefined).map(({ path }) => path)).toEqual([])
  expect(operations).toHaveLength(routes.length)
  expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Belay', version: '1.2.3' } })
})

test('when an operation is described then it has what a client is made from', () => {
  const ids = operations.map(({ operationId }) => operationId)
  expect(new Set(ids).size).toBe(ids.length)
  for (const route of routes) {
    const operation = operationOf(route)
    expect(operation?.summary).toMatch(/\.$/)
    expect(operation?.['x-scope']).toBe(route.scope)
    expect(operation?.security).toEqual(route.scope === 'public' ? [] : [{ token: [] }, { session: [] }])
    const inPath = operation?.parameters?.filter((one) => one.in === 'path').map(({ name }) => `{${name}}`) ?? []
    expect(inPath.toSorted()).toEqual((route.path.match(/\{\w+\}/g) ?? []).toSorted())
    expect(operation?.requestBody === undefined).toBe(route.body === undefined)
    expect(Object.keys(operation?.responses ?? {})).toEqual(
      expect.arrayContaining([String(route.status ?? 200), 'default']),
    )
    expect(Object.keys(operation?.responses['default']?.content ?? {})).toEqual(['application/problem+json'])
  }
})

test('when a scheme of security is asked for then it is described', () => {
  const asked = new Set(operations.flatMap(({ security }) => security.flatMap((one) => Object.keys(one))))
  expect([...asked].toSorted()).toEqual(Object.keys(document.components.securitySchemes).toSorted())
})

test('when something is referred to then it is there, and every schema is a JSON Schema', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)].map(([, ref = '']) => ref)
  const known = Object.keys(document.components.schemas).map((id) => `#/components/schemas/${id}`)
  expect(refs.filter((ref) => !known.includes(ref))).toEqual([])
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'belay', components: document.components })
  for (const ref of known) expect(ajv.compile({ $ref: `belay${ref}` })).toBeTypeOf('function')
})

test('when an answer is checked by the description then it says the same as the route', () => {
  const ajv = new Ajv2020({ strict: false, validateFormats: false })
  ajv.addSchema({ $id: 'belay', components: document.components })
  const check = ajv.compile({ $ref: 'belay#/components/schemas/Started' })
  const started = { run: 'r-00000001', component: 'core', outcome: 'started', resumed: false }
  expect([check(started), check({ ...started, run: 1 }), check({ ...started, later: true })]).toEqual([
    true,
    false,
    true,
  ])
})
