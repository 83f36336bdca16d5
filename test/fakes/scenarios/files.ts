import { createHash } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { planned } from '../../../src/host/file-set/testing.ts'
import { blobId } from '../../../src/host/git-objects/blob-id.ts'
import { releaseBytes, releaseDigest, type Scenarios } from './scenario.ts'

/** Steps that change files of a tree that stays where it is. */
export const fileScenarios: Scenarios<'files' | 'tree-diff' | 'fetch-files' | 'gather-files'> = {
  files: {
    prepare: async (here) => {
      here.plant({ 'srv/VERSION': '1', 'srv/gone': 'x', 'srv/installed.json': 'one', 'set/record.json': 'two' })
      chmodSync(here.at('srv/installed.json'), 0o600)
      const wishes = { VERSION: '2', gone: null, 'new/deep': 'y' }
      await planned(here.dir, wishes, { root: here.at('srv'), set: here.at('set') })
    },
    step: (here) => ({
      root: here.at('srv'),
      set: here.at('set'),
      saved: here.at('saved/20261121_080000~r-00000001'),
      versions: { from: '1', to: '2' },
      owner: null,
      helper: null,
      optional: [],
      edited: 'refuse',
      record: here.at('srv/installed.json'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'tree-diff': {
    prepare: async (here) =>
      here.plant({ 'app/VERSION': '1', 'app/data/mine': 'x', 'new/VERSION': '2', 'new/data/mine': 'y' }),
    step: (here) => ({
      from: here.at('new'),
      root: here.at('app'),
      set: here.at('srv/set'),
      protect: ['.git'],
      keep: ['data/**'],
      helper: false,
      optional: [],
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'fetch-files': {
    prepare: async (here) => here.plant({ 'app/VERSION': '1', 'app/gone': 'x' }),
    step: (here) => ({
      source: { type: 'http', url: 'http://127.0.0.1:1' },
      commit: '1'.repeat(40),
      root: here.at('app'),
      set: here.at('srv/run/set'),
      archive: null,
      changes: [
        {
          path: 'VERSION',
          from: { sha256: createHash('sha256').update('1').digest('hex') },
          to: {
            mode: '100644',
            blob: blobId(releaseBytes, 'sha1'),
            file: { name: 'VERSION', url: '', bytes: null, digest: null },
          },
          crlf: false,
        },
      ],
      attributes: [],
      record: { path: here.at('installed.json'), base: null, files: [] },
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'gather-files': {
    prepare: async (here) => here.plant({ 'kept/files/VERSION': 'the release', 'kept/record.json': '{}' }),
    step: (here) => ({
      root: here.at('app'),
      set: here.at('srv/run/set'),
      changes: [
        {
          change: {
            path: 'VERSION',
            from: null,
            to: {
              kind: 'file',
              sha256: releaseDigest.slice('sha256:'.length),
              bytes: releaseBytes.length,
              mode: 0o644,
            },
          },
          content: here.at('kept/files/VERSION'),
        },
      ],
      record: here.at('kept/record.json'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
}
