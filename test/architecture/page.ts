import { type Tree, targetOf } from './check.ts'

/** What the page is made of; its first load has a budget. */
export const pagePackages: readonly string[] = [
  'react',
  'react-dom/client',
  '@tanstack/react-query',
  '@tanstack/react-router',
  'radix-ui',
  'marked',
  'dompurify',
  // Types alone.
  'zod',
]

/**
 * The page runs in a browser, and knows of the rest only what the API looks like: types of `src/protocol`, which are gone
 * when it is built. What all features share (`ui`, `api`, `i18n`) knows none of them.
 */
export function pageFaults(tree: Tree): string[] {
  return [...tree.values()].flatMap((module) =>
    module.imports.flatMap((one) => {
      const target = targetOf(module, one)
      const at = `${module.file}:${one.line}`
      if (target === null) return packageFaults(module.file, one.specifier, one.typeOnly).map((what) => `${at} ${what}`)
      if (target.startsWith('web/src/')) return sharedFaults(module.file, target).map((what) => `${at} ${what}`)
      if (!target.startsWith('src/protocol/')) return [`${at} imports ${target}: the page knows src/protocol alone`]
      return one.typeOnly ? [] : [`${at} imports ${target} to run: the page takes types of it alone`]
    }),
  )
}

function packageFaults(file: string, specifier: string, typeOnly: boolean): string[] {
  if (file.endsWith('.test.ts')) return []
  if (!pagePackages.includes(specifier)) return [`imports the package ${specifier}: the page is made of few`]
  return specifier === 'zod' && !typeOnly ? ['imports zod to run: the agent has checked what it answers'] : []
}

function sharedFaults(file: string, target: string): string[] {
  const shared = /^web\/src\/(ui|api|i18n)\//.exec(file)
  return shared !== null && target.startsWith('web/src/features/')
    ? [`imports ${target}: what all features share knows none of them`]
    : []
}
