import { LineCounter, parseDocument } from 'yaml'
import { usage } from '../../names.ts'
import { fill } from './variables.ts'

export interface Mount {
  /** The name of a volume, or a path as it was written. */
  readonly source: string
  readonly target: string
  readonly named: boolean
  readonly readOnly: boolean
}

/** What of a service matters for following its image. Variables are filled in where their value is known. */
export interface ComposeService {
  readonly name: string
  readonly image: string | null
  /** As it stands in the file, with its variables. */
  readonly imageWritten: string | null
  readonly builds: boolean
  readonly pullPolicy: string | null
  readonly containerName: string | null
  readonly labels: ReadonlyMap<string, string>
  readonly environment: ReadonlyMap<string, string>
  readonly envFiles: readonly string[]
  readonly command: readonly string[]
  readonly dependsOn: readonly string[]
  readonly mounts: readonly Mount[]
  /** Ports of this host that lead to it. */
  readonly ports: readonly number[]
  readonly hasHealthcheck: boolean
  readonly profiles: readonly string[]
}

export interface ComposeText {
  readonly project: string | null
  readonly services: readonly ComposeService[]
  /** Names of volumes in the file → as the engine knows them, null: the project's name comes before. */
  readonly volumes: ReadonlyMap<string, string | null>
  /** Other files that belong to it, which are not read: `include` and `extends`. */
  readonly elsewhere: readonly string[]
}

const servicesMax = 200
const entriesMax = 500
const aliasesMax = 1000

/** E_USAGE when it is no YAML, or has no services. `values`: of the `.env` beside it. */
export function readCompose(text: string, file: string, values: ReadonlyMap<string, string>): ComposeText {
  const root = parseYaml(text, file)
  const services = mapOf(root['services'])
  if (Object.keys(services).length > servicesMax) throw refused(file, `it has more than ${servicesMax} services`)
  const filled = (value: unknown): string | null => {
    const plain = scalarOf(value)
    return plain === null ? null : fill(plain, values)
  }
  return {
    project: filled(root['name']),
    services: Object.entries(services).map(([name, value]) => serviceOf(name, mapOf(value), filled)),
    volumes: new Map(
      Object.entries(mapOf(root['volumes'])).map(([name, value]) => {
        const external = mapOf(value)['external']
        const own = filled(mapOf(value)['name']) ?? filled(mapOf(external)['name'])
        return [name, own ?? (external === true ? name : null)]
      }),
    ),
    elsewhere: [
      ...listOf(root['include']).flatMap((each) => listOf(mapOf(each)['path'] ?? each)),
      ...Object.values(services).map((service) => mapOf(mapOf(service)['extends'])['file']),
    ].flatMap((each) => filled(each) ?? []),
  }
}

function parseYaml(text: string, file: string): Readonly<Record<string, unknown>> {
  const lines = new LineCounter()
  try {
    const doc = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true, logLevel: 'error' })
    const [fault] = doc.errors
    if (fault !== undefined) {
      const { line } = lines.linePos(fault.pos[0])
      throw refused(file, `line ${line}: ${fault.message.split('\n')[0] ?? ''}`)
    }
    return mapOf(doc.toJS({ maxAliasCount: aliasesMax }))
  } catch (error) {
    // The parser recurses, and gives up on aliases that multiply: both are files made to exhaust it.
    if (error instanceof RangeError || error instanceof ReferenceError)
      throw refused(file, 'it is made to exhaust a reader')
    throw error
  }
}

function refused(file: string, why: string): Error {
  return usage(
    `${file} cannot be read as a compose file: ${why.slice(0, 200)}.`,
    'Correct it: docker compose config says more.',
  )
}

function serviceOf(
  name: string,
  value: Readonly<Record<string, unknown>>,
  filled: (value: unknown) => string | null,
): ComposeService {
  const texts = (one: unknown) => listOf(one).flatMap((each) => filled(each) ?? [])
  const dependsOn = value['depends_on']
  return {
    name,
    image: filled(value['image']),
    imageWritten: scalarOf(value['image']),
    builds: value['build'] !== undefined && value['build'] !== null,
    pullPolicy: filled(value['pull_policy']),
    containerName: filled(value['container_name']),
    labels: pairs(value['labels'], filled),
    environment: pairs(value['environment'], filled),
    envFiles: listOf(value['env_file']).flatMap((each) => filled(mapOf(each)['path'] ?? each) ?? []),
    command: Array.isArray(value['command']) ? texts(value['command']) : words(filled(value['command']) ?? ''),
    dependsOn: Array.isArray(dependsOn) ? texts(dependsOn) : Object.keys(mapOf(dependsOn)),
    mounts: listOf(value['volumes']).flatMap((each) => mountOf(each, filled) ?? []),
    ports: listOf(value['ports']).flatMap((each) => portOf(each, filled) ?? []),
    hasHealthcheck: healthcheckOf(mapOf(value['healthcheck'])),
    profiles: texts(value['profiles']),
  }
}

function healthcheckOf(check: Readonly<Record<string, unknown>>): boolean {
  const test = listOf(check['test'])
  return test.length > 0 && test[0] !== 'NONE' && check['disable'] !== true
}

/** `- key=value`, `- key` and `key: value` are the same. */
function pairs(value: unknown, filled: (value: unknown) => string | null): ReadonlyMap<string, string> {
  if (Array.isArray(value)) {
    return new Map(
      listOf(value).flatMap((each) => {
        const text = filled(each)
        if (text === null) return []
        const at = text.indexOf('=')
        return [at === -1 ? ([text, ''] as const) : ([text.slice(0, at), text.slice(at + 1)] as const)]
      }),
    )
  }
  const entries = Object.entries(mapOf(value)).slice(0, entriesMax)
  return new Map(entries.map(([key, each]) => [fillKey(key, filled), filled(each) ?? '']))
}

function fillKey(key: string, filled: (value: unknown) => string | null): string {
  return filled(key) ?? key
}

/** `data:/var/lib/x:ro`, or the long form. */
function mountOf(value: unknown, filled: (value: unknown) => string | null): Mount | null {
  const long = mapOf(value)
  const short = filled(value)
  if (short === null) {
    const [source, target] = [filled(long['source']), filled(long['target'])]
    if (source === null || target === null) return null
    return { source, target, named: long['type'] === 'volume', readOnly: long['read_only'] === true }
  }
  const [source = '', target, mode = ''] = short.split(':')
  if (target === undefined || source === '') return null
  return { source, target, named: !/^[./~$]/.test(source), readOnly: mode.split(',').includes('ro') }
}

/** `8080:80`, `127.0.0.1:8080:80/tcp`, or the long form; ranges and ports of any number are passed over. */
function portOf(value: unknown, filled: (value: unknown) => string | null): number | null {
  const short = filled(value)
  const published = short === null ? filled(mapOf(value)['published']) : /(?:^|:)(\d+):\d+(?:\/tcp)?$/.exec(short)?.[1]
  return published !== null && published !== undefined && /^\d{1,5}$/.test(published) ? Number(published) : null
}

/** As a shell would part them; nothing else of a shell is understood. */
export function words(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
    word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  )
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).slice(0, entriesMax)
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function scalarOf(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}
