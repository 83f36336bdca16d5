import { join } from 'node:path'
import type { SlotAddress } from '../../core/plan/step.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { Lack, Wanted } from './failures.ts'

/**
 * Reads of Caddy's own config whether it asks for the file, at every request, and sends to green where it is there and
 * to blue where it is not. In one list of routes the first that matches and proxies has the last word.
 */
export function lacksOf(config: unknown, wanted: Wanted): readonly Lack[] {
  const asking = routeLists(config).flatMap((routes) => inList(routes, wanted))
  return asking.toSorted((one, other) => one.length - other.length)[0] ?? ['file']
}

/** None where no route of the list asks for it. */
function inList(routes: readonly unknown[], wanted: Wanted): readonly (readonly Lack[])[] {
  const first = routes.findIndex((route) => asksFor(route, wanted.file))
  if (first < 0) return []
  const sends = (some: readonly unknown[], slot: Slot) =>
    some.some((route) => dialed(route).some((dial) => isAt(dial, wanted.slots[slot])))
  const [asking, later] = [routes.slice(first, first + 1), routes.slice(first + 1)]
  const green = sends(asking, 'green') && !sends(asking, 'blue')
  const blue = sends(later, 'blue')
  return [[...(green ? [] : (['green'] as const)), ...(blue ? [] : (['blue'] as const))]]
}

/** Every list of routes, however deep: sites and `handle` blocks are routes with routes in them. */
function routeLists(value: unknown): readonly (readonly unknown[])[] {
  return parts(value).flatMap(([key, part]) => [
    ...(key === 'routes' && Array.isArray(part) ? [part as readonly unknown[]] : []),
    ...routeLists(part),
  ])
}

function asksFor(route: unknown, file: string): boolean {
  return list(at(route, 'match')).some((matcher) => {
    const asked = at(matcher, 'file')
    const [root, names] = [at(asked, 'root'), list(at(asked, 'try_files'))]
    return typeof root === 'string' && names.length === 1 && join(root, String(names[0])) === file
  })
}

/** Where the proxies of a route send to. */
function dialed(value: unknown): readonly string[] {
  const dials = at(value, 'handler') === 'reverse_proxy' ? list(at(value, 'upstreams')).map((to) => at(to, 'dial')) : []
  return [...dials.map(String), ...parts(value).flatMap(([, part]) => dialed(part))]
}

/** `:8001` and `localhost:8001` are this host, too. */
export function isAt(dial: string, { host, port }: SlotAddress): boolean {
  const cut = dial.lastIndexOf(':')
  return Number(dial.slice(cut + 1)) === port && own(dial.slice(0, cut).replaceAll(/^\[|\]$/g, '')) === own(host)
}

function own(host: string): string {
  return host === '' || host === 'localhost' ? '127.0.0.1' : host
}

function parts(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : []
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
