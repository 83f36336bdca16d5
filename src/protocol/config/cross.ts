import { nearest } from '../../core/model/nearest.ts'
import { type Finding, isMap, type Path, valueAt } from './finding.ts'

/**
 * What no schema of one place can see: names that are given twice or to nobody, proofs that cannot be had. Takes the
 * raw config and passes over what its schema refuses, so that all errors are told at once.
 */
export function crossFindings(config: unknown): readonly Finding[] {
  const components = entriesAt(config, ['components'])
  return [
    ...repeatedNames(components),
    ...compatFindings(config, components),
    ...components.flatMap(([name, component]) => [...trustFindings(name, component), ...pairFindings(name, component)]),
  ]
}

export type Entries = readonly (readonly [name: string, value: unknown])[]

export function entriesAt(value: unknown, path: Path): Entries {
  const at = valueAt(value, path)
  return isMap(at) ? Object.entries(at) : []
}

export function textsAt(value: unknown, path: Path): readonly (readonly [index: number, text: string])[] {
  const at = valueAt(value, path)
  if (!Array.isArray(at)) return []
  return at.flatMap((text: unknown, index) => (typeof text === 'string' ? [[index, text] as const] : []))
}

function repeatedNames(components: Entries): readonly Finding[] {
  const owner = new Map(components.map(([name]) => [name, name]))
  return components.flatMap(([name, component]) =>
    textsAt(component, ['aliases']).flatMap(([index, alias]) => {
      const other = owner.get(alias)
      owner.set(alias, name)
      if (other === undefined) return []
      const whose = other === alias ? 'the name of a component' : `an alias of ${other}`
      const path = ['components', name, 'aliases', index]
      return [{ path, at: 'value' as const, message: `${alias} is ${whose} already. Use another one` }]
    }),
  )
}

export function unknownComponent(name: string, components: Entries): string {
  const names = components.map(([known]) => known)
  const meant = nearest(name.slice(0, 64), names)
  return `there is no component ${name}. ${meant === null ? `Known: ${names.join(', ')}` : `Did you mean ${meant}?`}`
}

function compatFindings(config: unknown, components: Entries): readonly Finding[] {
  return entriesAt(config, ['agent', 'compat']).flatMap(([key, name]) => {
    if (typeof name !== 'string' || components.some(([known]) => known === name)) return []
    return [{ path: ['agent', 'compat', key], at: 'value' as const, message: unknownComponent(name, components) }]
  })
}

/** Images are pulled by an engine of containers, and it can use nothing else. */
function pairFindings(name: string, component: unknown): readonly Finding[] {
  const [source, strategy] = [valueAt(component, ['source', 'type']), valueAt(component, ['strategy', 'type'])]
  if (typeof source !== 'string' || typeof strategy !== 'string') return []
  if ((source === 'oci') === (strategy === 'compose')) return []
  const message =
    source === 'oci'
      ? `an image cannot be unpacked by ${strategy}. Use strategy: { type: compose, file: …, service: … }`
      : `a compose service runs an image, and ${source} has none. Use source: { type: oci, image: … }`
  return [{ path: ['components', name, source === 'oci' ? 'strategy' : 'source', 'type'], at: 'value', message }]
}

/** Archives that the server makes on request have no published checksum: asking for one would refuse every release. */
function trustFindings(name: string, component: unknown): readonly Finding[] {
  const asset = valueAt(component, ['source', 'asset'])
  const key = valueAt(component, ['trust', 'require']) !== undefined ? 'require' : 'checksum'
  const required = valueAt(component, ['trust', key])
  if (!isGenerated(asset) || required === undefined || required === 'tls') return []
  const message = `${asset} has no checksum to compare with. Write require: tls, or name a published file as asset`
  return [{ path: ['components', name, 'trust', key], at: 'value', message }]
}

export function isGenerated(asset: unknown): asset is string {
  return asset === 'source-zip' || asset === 'source-tar'
}
