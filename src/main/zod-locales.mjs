// @ts-check
import { existsSync } from 'node:fs'
import module from 'node:module'

/**
 * Loads zod without the sixty languages that it can speak: Belay has words of its own, and each language is a file to load
 * at every start. Where zod keeps them elsewhere one day, it is loaded whole. Its modules name each other by file, as ours
 * do. Nor does it compile schemas: that pays off after some thousand values, and a command reads a few. See
 * docs/decisions/0004-startup.md.
 */
export async function loadZod() {
  const hooks = module.registerHooks({
    resolve(specifier, context, next) {
      const { parentURL } = context
      if (parentURL === undefined || !specifier.startsWith('.') || !specifier.endsWith('.js')) return next(specifier)
      if (!parentURL.includes('/node_modules/zod/')) return next(specifier)
      return { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
    },
    load(url, _, next) {
      if (!url.endsWith('/zod/v4/locales/index.js') || !existsSync(new URL('en.js', url))) return next(url)
      return { format: 'module', source: "export { default as en } from './en.js'\n", shortCircuit: true }
    },
  })
  try {
    const { z } = await import('zod')
    z.config({ jitless: true })
  } finally {
    hooks.deregister()
  }
}
