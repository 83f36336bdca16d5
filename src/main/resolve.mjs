// @ts-check
import module from 'node:module'

/**
 * Belay's own modules name each other by file, so that nothing has to be looked for; yet Node asks the disk about each of
 * them, link by link, and about the package it is in. A package is the same one for all of them, and is looked for once. What
 * others import, Node resolves as ever. See docs/decisions/0004-startup.md.
 */
export function resolveOwnModules() {
  // `src/` in a clone, `dist/` in the package.
  const own = new URL(import.meta.url.endsWith('.mjs') ? '..' : '.', import.meta.url).href
  /** @type {Map<string, module.ResolveFnOutput>} */
  const packages = new Map()
  module.registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (parentURL === undefined || !parentURL.startsWith(own)) return next(specifier)
      if (specifier.startsWith('.')) {
        const format = formatOf(specifier)
        if (format === null) return next(specifier)
        return { url: new URL(specifier, parentURL).href, format, shortCircuit: true }
      }
      const found = packages.get(specifier) ?? { ...next(specifier), shortCircuit: true }
      packages.set(specifier, found)
      return found
    },
  })
}

/** @param {string} file */
function formatOf(file) {
  if (file.endsWith('.ts')) return 'module-typescript'
  return file.endsWith('.js') ? 'module' : null
}
