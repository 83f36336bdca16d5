// @ts-check
import module from 'node:module'

/**
 * Belay's own modules name each other by file, so that nothing has to be looked for; yet Node asks the disk about each of
 * them, link by link, and about the package it is in. A package is the same one for all of them, and is looked for once. What
 * others import, Node resolves as ever. See docs/decisions/0004-startup.md.
 */
export function resolveOwnModules() {
  const own = new URL('..', import.meta.url).href
  /** @type {Map<string, module.ResolveFnOutput>} */
  const packages = new Map()
  module.registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (parentURL === undefined || !parentURL.startsWith(own) || !parentURL.endsWith('.ts')) return next(specifier)
      if (specifier.startsWith('.')) {
        if (!specifier.endsWith('.ts')) return next(specifier)
        return { url: new URL(specifier, parentURL).href, format: 'module-typescript', shortCircuit: true }
      }
      const found = packages.get(specifier) ?? { ...next(specifier), shortCircuit: true }
      packages.set(specifier, found)
      return found
    },
  })
}
