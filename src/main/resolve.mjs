// @ts-check
import module from 'node:module'

/**
 * Belay's own modules name each other by file, so that nothing has to be looked for; yet Node asks the disk about each of
 * them, link by link, and about the package it is in. What does not look like one, Node resolves as ever. See
 * docs/decisions/0004-startup.md.
 */
export function resolveOwnModules() {
  const own = new URL('..', import.meta.url).href
  module.registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (parentURL === undefined || !specifier.startsWith('.') || !specifier.endsWith('.ts')) return next(specifier)
      if (!parentURL.startsWith(own)) return next(specifier)
      return { url: new URL(specifier, parentURL).href, format: 'module-typescript', shortCircuit: true }
    },
  })
}
