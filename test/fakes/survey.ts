import { posix } from 'node:path'
import type { Survey } from '../../src/cli/ports.ts'

/** A host whose files are in memory: folders are what files lie in. Nothing of git or a network is there. */
export function surveyOf(disk: ReadonlyMap<string, string>, more: Partial<Survey> = {}): Survey {
  return {
    list: async (path) => {
      const below = path === '/' ? '/' : `${posix.normalize(path)}/`
      const names = [...disk.keys()]
        .filter((file) => file.startsWith(below))
        .map((file) => file.slice(below.length).split('/')[0] ?? '')
      return names.length === 0 ? null : [...new Set(names)].toSorted()
    },
    changes: async () => null,
    ask: () => Promise.reject(new Error('no source is part of this test')),
    validate: async () => {},
    ...more,
  }
}
