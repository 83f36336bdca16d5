import { nearest } from '../../core/model/nearest.ts'
import { type Finding, isMap, type Path, valueAt, word } from './finding.ts'
import { trustFindings } from './trust-findings.ts'

/**
 * What no schema of one place can see: names that are given twice or to nobody, proofs that cannot be had. Takes the
 * raw config and passes over what its schema refuses, so that all errors are told at once.
 */
export function crossFindings(config: unknown): readonly Finding[] {
  const components = entriesAt(config, ['components'])
  return [
    ...repeatedNames(components),
    ...compatFindings(config, components),
    ...channelFindings(config, components),
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
      const whose = other === alias ? 'the name of a component' : `an alias of ${word(other)}`
      const path = ['components', name, 'aliases', index]
      return [{ path, at: 'value' as const, message: `${word(alias)} is ${whose} already. Use another one` }]
    }),
  )
}

export function unknownComponent(name: string, components: Entries): string {
  const names = components.map(([known]) => known)
  const meant = nearest(name.slice(0, 64), names)
  return `there is no component ${word(name)}. ${meant === null ? `Known: ${names.map(word).join(', ')}` : `Did you mean ${meant}?`}`
}

function compatFindings(config: unknown, components: Entries): readonly Finding[] {
  return entriesAt(config, ['agent', 'compat']).flatMap(([key, name]) => {
    if (typeof name !== 'string' || components.some(([known]) => known === name)) return []
    return [{ path: ['agent', 'compat', key], at: 'value' as const, message: unknownComponent(name, components) }]
  })
}

/** Channels of components that there are not. */
function channelFindings(config: unknown, components: Entries): readonly Finding[] {
  return entriesAt(config, ['agent', 'notify']).flatMap(([channel, spec]) =>
    textsAt(spec, ['components']).flatMap(([index, name]) => {
      if (components.some(([known]) => known === name)) return []
      const path = ['agent', 'notify', channel, 'components', index]
      return [{ path, at: 'value' as const, message: unknownComponent(name, components) }]
    }),
  )
}

/** What a strategy installs, and the sources that have it. Every other source gives archives. */
const partners: { readonly [strategy: string]: { readonly source: string; readonly needs: string } } = {
  compose: { source: 'oci', needs: 'a compose service runs an image. Use source: { type: oci, image: … }' },
  files: {
    source: 'github-tree',
    needs: 'single files come from a branch. Use source: { type: github-tree, repo: … }',
  },
  git: { source: 'git', needs: 'a checkout follows a repository. Use source: { type: git, url: … }' },
}
const installers: { readonly [source: string]: string } = {
  oci: 'an image cannot be unpacked. Use strategy: { type: compose, file: …, service: … }',
  'github-tree': 'single files are no archive. Use strategy: { type: files, path: … }',
  git: 'a repository is no archive. Use strategy: { type: git, path: … }',
}

/** Source and strategy must speak of the same kind of thing. */
function pairFindings(name: string, component: unknown): readonly Finding[] {
  const [source, strategy] = [valueAt(component, ['source', 'type']), valueAt(component, ['strategy', 'type'])]
  if (typeof source !== 'string' || typeof strategy !== 'string') return []
  const wanted = Object.hasOwn(partners, strategy) ? partners[strategy] : undefined
  if (wanted?.source === source) return []
  const message = wanted?.needs ?? (Object.hasOwn(installers, source) ? installers[source] : undefined)
  if (message === undefined) return []
  return [{ path: ['components', name, wanted === undefined ? 'strategy' : 'source', 'type'], at: 'value', message }]
}
