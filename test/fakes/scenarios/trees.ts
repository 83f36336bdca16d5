import { writeFileSync } from 'node:fs'
import { makeTar } from '../../../src/host/archive/testing.ts'
import { look } from '../../../src/host/tree/testing.ts'
import { releaseBytes, releaseDigest, type Scenarios } from './scenario.ts'

/** Steps that make trees and change single names. */
export const treeScenarios: Scenarios<
  | 'download'
  | 'unpack'
  | 'carry'
  | 'rehome'
  | 'keep-folder'
  | 'bring-back'
  | 'sync'
  | 'link'
  | 'rename'
  | 'write'
  | 'edit'
  | 'mkdir'
  | 'remove'
> = {
  download: {
    step: (here) => ({
      digest: releaseDigest,
      statedBy: 'api',
      bytesMax: 1000,
      source: { type: 'http', url: here.at('') },
      artifact: { name: 'a.tar.gz', url: '', bytes: releaseBytes.length, digest: releaseDigest },
      to: here.at('srv/run/artifact'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  unpack: {
    prepare: async (here) => {
      here.plant({ 'srv/app/': '' })
      writeFileSync(here.at('a.tar'), await makeTar([{ name: 'VERSION', content: '2' }]))
    },
    step: (here) => ({
      archiveName: 'a.tar',
      user: null,
      archive: here.at('a.tar'),
      to: here.at('srv/app/2'),
      building: here.at('srv/app/.building'),
      failed: here.at('failed/2'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  carry: {
    prepare: async (here) => here.plant({ 'old/config/mine': 'edited', 'old/bin': 'x', 'srv/config/mine': 'shipped' }),
    step: (here) => ({ from: here.at('old'), to: here.at('srv'), patterns: ['config/**'] }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  rehome: {
    prepare: async (here) =>
      here.plant({ 'srv/new/e/pyvenv.cfg': '', 'srv/new/e/bin/pip': `#!${here.at('srv/new')}/e` }),
    step: (here) => ({ tree: here.at('srv/new'), to: here.at('srv/app') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  'keep-folder': {
    prepare: async (here) => here.plant({ 'srv/app/.venv/lib/one': '1' }),
    step: (here) => ({ path: here.at('srv/app/.venv'), kept: here.at('srv/app/.venv~r-1') }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  'bring-back': {
    prepare: async (here) => here.plant({ 'srv/app/.venv/lib/two': '2' }),
    step: (here) => ({ path: here.at('srv/app/.venv'), kept: here.at('srv/app/.venv~r-1') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  sync: {
    prepare: async (here) => here.plant({ 'srv/tree/file': 'x' }),
    step: (here) => ({ path: here.at('srv/tree') }),
    observed: ['absent', 'absent'],
    undoes: 'nothing',
  },
  link: {
    prepare: async (here) => here.plant({ 'srv/current': '-> releases/1' }),
    step: (here) => ({
      to: 'releases/2',
      from: 'releases/1',
      link: here.at('srv/current'),
      temporary: here.at('srv/.current~r'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  rename: {
    prepare: async (here) => here.plant({ 'srv/app/VERSION': '1' }),
    step: (here) => ({
      from: here.at('srv/app'),
      to: here.at('srv/.app.belay/1'),
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
    // The folder that the tree went to stays.
    seen: async (here) => Object.keys(look(here.at('srv'))).filter((name) => name.endsWith('VERSION')),
  },
  write: {
    prepare: async (here) => here.plant({ 'srv/unit.conf': 'before' }),
    step: (here) => ({
      content: 'after',
      previous: 'before',
      mode: 0o644,
      path: here.at('srv/unit.conf'),
      temporary: here.at('srv/.belay~r'),
      reload: here.service(),
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  edit: {
    prepare: async (here) => here.plant({ 'srv/app/compose.yml': 'services:\n  web: {image: "web:1"} # pinned\n' }),
    step: (here) => ({
      path: here.at('srv/app/compose.yml'),
      place: { kind: 'yaml', service: 'web' },
      from: '"web:1"',
      to: '"web:2"',
      temporary: here.at('srv/app/.compose.yml~r'),
      saved: here.at('run/compose.yml'),
      inPlace: false,
    }),
    observed: ['absent', 'present'],
    undoes: 'all',
  },
  mkdir: {
    step: (here) => ({
      paths: [here.at('srv/app'), here.at('srv/app/releases')],
    }),
    observed: ['absent', 'absent'],
    undoes: 'all',
  },
  remove: {
    prepare: async (here) => here.plant({ 'srv/old/file': 'x' }),
    step: (here) => ({ path: here.at('srv/old') }),
    observed: ['absent', 'present'],
    undoes: 'nothing',
  },
}
