import type { ComponentName } from '../core/model/names.ts'
import { type BelayError, fail } from '../core/model/problem.ts'
import { nearest } from '../core/model/nearest.ts'
import type { ComponentSettings, Settings } from '../protocol/settings.ts'

/** Names and aliases, as people type them; or an absolute path, as a script in the folder of a component knows it. */
export function nameResolver({ components }: Settings): (name: string) => ComponentName {
  const known = new Map<string, ComponentName>()
  for (const [name, { aliases }] of components) {
    known.set(name, name)
    for (const alias of aliases) known.set(alias, name)
  }
  return (name) => {
    const found = known.get(name)
    if (found !== undefined) return found
    if (isPath(name)) return componentAt(name, [...components.values()])
    const names = [...components.keys()]
    const close = nearest(name, [...known.keys()])
    throw fail('E_COMPONENT_UNKNOWN', `There is no component "${name}".`, {
      hint:
        close === null
          ? `The config has: ${names.join(', ')}.`
          : `Did you mean ${close}? The config has: ${names.join(', ')}.`,
    })
  }
}

function isPath(name: string): boolean {
  return /^(?:\/|[A-Za-z]:[\\/])/.test(name)
}

/** The component whose folder it is, or lies in: the innermost one. */
function componentAt(path: string, components: readonly ComponentSettings[]): ComponentName {
  const depth = (component: ComponentSettings) => {
    const folder = folderOf(component)
    return folder !== null && `${plain(path)}/`.startsWith(`${folder}/`) ? folder.length : -1
  }
  const deepest = Math.max(-1, ...components.map(depth))
  const [found, other] = deepest < 0 ? [] : components.filter((component) => depth(component) === deepest)
  if (found !== undefined && other === undefined) return found.name
  throw nobodyAt(path, found === undefined ? [] : [found.name, other?.name ?? ''], components)
}

function nobodyAt(path: string, both: readonly string[], components: readonly ComponentSettings[]): BelayError {
  const what = both.length === 0 ? 'No component is' : `${both.join(' and ')} are`
  return fail('E_COMPONENT_UNKNOWN', `${what} installed at ${path}.`, {
    hint: `Name one. The config has: ${components.map(({ name }) => name).join(', ')}.`,
  })
}

function folderOf({ strategy }: ComponentSettings): string | null {
  const path = strategy['path']
  if (typeof path === 'string') return plain(path)
  const file = strategy['file']
  return typeof file === 'string' ? plain(file).replace(/\/[^/]*$/, '') : null
}

function plain(path: string): string {
  return path.replaceAll('\\', '/').replace(/\/+$/, '')
}
