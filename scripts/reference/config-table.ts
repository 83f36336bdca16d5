/** The part of JSON Schema that the config's own has. */
export interface Schema {
  readonly title?: string
  readonly description?: string
  readonly type?: string | readonly string[]
  readonly default?: unknown
  readonly const?: string | number | boolean
  readonly enum?: readonly (string | number | boolean)[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
}

export function objectIn(schema: Schema | boolean | undefined): Schema {
  return typeof schema === 'object' ? schema : {}
}

/** The keys that a person writes; the `type` of a kind is its heading. */
export function keysOf(schema: Schema): readonly { readonly key: string; readonly schema: Schema }[] {
  return Object.entries(schema.properties ?? {})
    .filter(([key, inner]) => !(key === 'type' && inner.const !== undefined))
    .map(([key, inner]) => ({ key, schema: inner }))
}

/** One row for each key. */
export function tableOf(schema: Schema, none = ''): readonly string[] {
  const rows = keysOf(schema).map(({ key, schema: inner }) => {
    const required = schema.required?.includes(key) === true
    return `| \`${key}\` | ${takesOf(key, inner)} | ${required ? '**required**' : absent(inner)} | ${cell(inner.description ?? '')} |`
  })
  if (rows.length === 0) return none === '' ? [] : [none, '']
  return ['| key | takes | left out | |', '|---|---|---|---|', ...rows, '']
}

function absent(schema: Schema): string {
  if (schema.default === undefined || schema.properties !== undefined) return ''
  return cell(`\`${asYaml(schema.default)}\``)
}

function asYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(asYaml).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const inside = Object.entries(value).map(([key, one]) => `${key}: ${asYaml(one)}`)
    return inside.length === 0 ? '{}' : `{ ${inside.join(', ')} }`
  }
  return typeof value === 'string' && /^[\w./][\w./:@-]*$/.test(value) ? value : JSON.stringify(value)
}

/** Where the kinds stand that a key takes. */
const headings: Readonly<Record<string, string>> = {
  source: 'source',
  releases: 'source',
  strategy: 'strategy',
  service: 'service',
  traffic: 'traffic',
  version: 'version',
  build_date: 'version',
  data: 'data',
  before: 'check',
  after: 'check',
  notify: 'notify',
}

function takesOf(key: string, schema: Schema): string {
  const heading = headings[key]
  if (heading === undefined) return takes(schema)
  const kind = `a [${heading}](#${heading})`
  if (schema.oneOf !== undefined) return kind
  if (schema.items?.oneOf !== undefined) return `a list, each entry ${kind}`
  if (objectIn(schema.additionalProperties).oneOf !== undefined) return `names, each with ${kind}`
  return takes(schema)
}

function takes(schema: Schema): string {
  if (schema.const !== undefined) return `\`${String(schema.const)}\``
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${String(word)}\``).join(', ')
  if (schema.title !== undefined) return schema.title
  if (isSecret(schema)) return 'a secret'
  if (schema.anyOf !== undefined) return either(schema.anyOf)
  const item = schema.items ?? schema.prefixItems?.[0]
  if (item !== undefined) return `a list of ${plural(takes(item))}`
  if (schema.properties !== undefined) return `\`{ ${Object.keys(schema.properties).join(', ')} }\``
  if (typeof schema.additionalProperties === 'object') return `names, each with ${takes(schema.additionalProperties)}`
  return typeof schema.type === 'string' ? (words[schema.type] ?? schema.type) : 'a value'
}

/** A secret stands beside other forms where the value need not be one. */
function either(forms: readonly Schema[]): string {
  const others = forms.filter((form) => !isPlace(form, 'env') && !isPlace(form, 'file'))
  const secret = others.length < forms.length ? ['a secret'] : []
  return [...new Set([...others.map(takes), ...secret])].join(' or ')
}

function isSecret({ anyOf }: Schema): boolean {
  return (
    anyOf?.length === 2 && anyOf.some((form) => isPlace(form, 'env')) && anyOf.some((form) => isPlace(form, 'file'))
  )
}

function isPlace({ properties }: Schema, key: string): boolean {
  return properties !== undefined && Object.keys(properties).join() === key
}

function plural(what: string): string {
  if (what.startsWith('a list of')) return what.replace('a list', 'lists')
  return what === 'a whole number' ? 'whole numbers' : what === 'text' ? 'texts' : what
}

const words: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true`, `false`',
  object: 'keys',
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;')
}
