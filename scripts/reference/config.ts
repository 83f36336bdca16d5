import { isDeepStrictEqual } from 'node:util'
import { allKinds } from '../../src/main/kinds.ts'
import { configJsonSchema } from '../../src/protocol/config/json-schema.ts'
import { keysOf, objectIn, type Schema, tableOf } from './config-table.ts'
import { made, type ReferencePage } from './page.ts'

/** The JSON Schema of the config for editors, and the same as a page for people. */
export async function configPages(): Promise<readonly ReferencePage[]> {
  const schema = await writtenSchema()
  return [
    { path: 'belay.schema.json', text: `${JSON.stringify(schema, null, 2)}\n` },
    { path: 'config.md', text: [...opening, ...contents(parts(schema)), ...pageOf(schema), ''].join('\n') },
  ]
}

export async function writtenSchema(): Promise<Schema> {
  return JSON.parse(JSON.stringify(configJsonSchema(await allKinds()))) as Schema
}

const opening = [
  made('the schemas of the config'),
  '# belay.yaml',
  '',
  'Every key: what it takes, and what it is when it is left out. Unknown keys are errors, and `belay validate` says where.',
  '',
  '- **A duration** is `90s`, `5m`, `24h` or `2d`; **a size** is `500kB`, `10MB` or `1GiB`.',
  '- **A secret** is never written here itself. `{ env: NAME }` names an environment variable, `{ file: PATH }` a file that',
  '  holds nothing else. Both are read at each use.',
  '- Paths may be relative to the folder of this file.',
  '',
  'Editors that know YAML schemas take [belay.schema.json](belay.schema.json): write this as the first line of your file.',
  '',
  '```',
  '# yaml-language-server: $schema=./belay.schema.json',
  'version: 1',
  'agent: { … }',
  'components:',
  '  NAME:',
  '    source: { type: github, repo: owner/name }',
  '    strategy: { type: directory, path: /opt/app }',
  '```',
  '',
]

/** One heading of the page. `kinds`: what stands there is told by its `type`, or by its key. */
interface Part {
  readonly heading: string
  readonly about: string
  readonly schema: Schema
  readonly kinds: boolean
}

function parts(root: Schema): readonly Part[] {
  const agent = objectIn(root.properties?.['agent'])
  const component = objectIn(root.properties?.['components']?.additionalProperties)
  const under = (key: string) => objectIn(component.properties?.[key])
  const strategies = under('strategy').oneOf ?? []
  const kinds = (heading: string, about: string, schema: Schema): Part => ({ heading, about, schema, kinds: true })
  return [
    { heading: 'agent', about: 'What holds for this host.', schema: agent, kinds: false },
    { heading: 'components.NAME', about: 'One thing that is kept up to date.', schema: component, kinds: false },
    kinds('source', 'Where releases come from: `components.NAME.source`.', under('source')),
    kinds('strategy', 'How it is installed: `components.NAME.strategy`.', under('strategy')),
    kinds(
      'service',
      'What runs it: `components.NAME.strategy.service`. With `compose` the containers are the service.',
      objectIn(strategies.find((one) => one.properties?.['service'])?.properties?.['service']),
    ),
    kinds(
      'traffic',
      'What stands in front of two slots, so that nobody notices an update: `components.NAME.strategy.traffic`. [How](../guide/zero-downtime.md).',
      objectIn(strategies.find((one) => one.properties?.['traffic'])?.properties?.['traffic']),
    ),
    kinds(
      'version',
      'How the installed version is read: `components.NAME.version`. Its key says how, as in `version: { file: VERSION }`; left\nout, what the strategy knows is all there is. `build_date` takes the same forms, without `scheme`.',
      under('version'),
    ),
    kinds(
      'data',
      'What is backed up before an update: each entry of `components.NAME.data`.',
      under('data').items ?? {},
    ),
    kinds(
      'check',
      'What is asked before an update and after it: each entry of `components.NAME.checks.before` and `.after`.',
      objectIn(component.properties?.['checks']?.properties?.['before']).items ?? {},
    ),
    kinds(
      'notify',
      'Whom messages are sent to: `agent.notify.NAME`.',
      objectIn(agent.properties?.['notify']?.additionalProperties),
    ),
  ]
}

function contents(all: readonly Part[]): readonly string[] {
  const lines = all.map(({ heading, schema, kinds }) => {
    const inside = kinds ? (schema.oneOf ?? []).map((kind) => nameOf(kind)) : []
    const link = `[${heading}](#${anchor(heading)})`
    return `- ${link}${inside.length === 0 ? '' : `: ${inside.map((name) => `[${name}](#${anchor(`${heading}: ${name}`)})`).join(', ')}`}`
  })
  return [...lines, '']
}

/** As the usual viewers make it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9 _-]/g, '')
    .replaceAll(' ', '-')
}

function pageOf(schema: Schema): readonly string[] {
  return parts(schema).flatMap((part) => [
    `## ${part.heading}`,
    '',
    part.about,
    '',
    ...(part.kinds ? kindsOf(part) : objectsOf(part.heading, part.schema)),
  ])
}

/** A table of an object, and one of each object inside. */
function objectsOf(path: string, schema: Schema): readonly string[] {
  const inner = keysOf(schema).filter(({ schema: one }) => one.properties !== undefined)
  return [
    ...tableOf(schema),
    ...inner.flatMap(({ key, schema: one }) => [
      `### ${path}.${key}`,
      '',
      one.description ?? '',
      '',
      ...objectsOf(`${path}.${key}`, one),
    ]),
  ]
}

/** What every kind takes is said once. */
function kindsOf({ heading, schema }: Part): readonly string[] {
  const kinds = schema.oneOf ?? []
  const common = keysOf(kinds[0] ?? {}).filter(({ key, schema: one }) =>
    kinds.every((kind) => isDeepStrictEqual(kind.properties?.[key], one)),
  )
  const shared = common.map(({ key }) => key)
  const rest = kinds.flatMap((kind) => [
    `### ${heading}: ${nameOf(kind)}`,
    '',
    ...tableOf(without(kind, shared), 'Nothing of its own.'),
    ...insideOf(without(kind, shared)),
  ])
  if (shared.length === 0) return rest
  const all: Schema = { properties: Object.fromEntries(common.map(({ key, schema: one }) => [key, one])) }
  return [...rest, `### ${heading}: every kind`, '', ...tableOf(all), ...insideOf(all)]
}

function insideOf(schema: Schema): readonly string[] {
  return keysOf(schema)
    .filter(({ schema: one }) => one.properties !== undefined)
    .flatMap(({ key, schema: one }) => [`In \`${key}\`:`, '', ...tableOf(one)])
}

function without(schema: Schema, keys: readonly string[]): Schema {
  const left = Object.entries(schema.properties ?? {}).filter(([key]) => !keys.includes(key))
  return { ...schema, properties: Object.fromEntries(left) }
}

/** A kind is told by its `type`, or where that need not be written by its first key. */
function nameOf(kind: Schema): string {
  const type = kind.properties?.['type']?.const
  const written = kind.required?.includes('type') === true
  return String(written ? type : (keysOf(kind).find(({ key }) => kind.required?.includes(key))?.key ?? type))
}
