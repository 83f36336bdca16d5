import { expect, test } from 'vitest'
import { writtenSchema } from './config.ts'
import { keysOf, type Schema } from './config-table.ts'

/** Every schema inside of one, with the path that a person would write. */
function inside(schema: Schema, path: string): readonly { readonly path: string; readonly schema: Schema }[] {
  const forms = [...(schema.oneOf ?? []), ...(schema.anyOf ?? [])].flatMap((form) => inside(form, pathOf(form, path)))
  const values = typeof schema.additionalProperties === 'object' ? inside(schema.additionalProperties, `${path}.*`) : []
  const items = schema.items === undefined ? [] : inside(schema.items, `${path}[]`)
  const keys = keysOf(schema).flatMap(({ key, schema: inner }) => {
    const at = `${path}.${key}`
    return [{ path: at, schema: inner }, ...inside(inner, at)]
  })
  return [...keys, ...forms, ...values, ...items]
}

function pathOf(form: Schema, path: string): string {
  const kind = form.properties?.['type']?.const
  return kind === undefined ? path : `${path}(${String(kind)})`
}

test('when a key may be written then it is described', async () => {
  const all = inside(await writtenSchema(), '')
  expect(all.length).toBeGreaterThan(200)
  const bare = all.filter(({ schema }) => (schema.description ?? '') === '').map(({ path }) => path)
  expect([...new Set(bare)]).toEqual([])
})

test('when a key is described then it is a sentence that fits a row', async () => {
  const odd = inside(await writtenSchema(), '').filter(({ schema }) => {
    const text = schema.description ?? ''
    return !/[.]$/.test(text) || text.length > 180 || text.includes('\n')
  })
  expect(odd.map(({ path, schema }) => `${path}: ${schema.description ?? ''}`)).toEqual([])
})
