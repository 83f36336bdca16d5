import { mkdirSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { recordText } from '../../core/files/record.ts'
import type { ProbeRef } from '../../core/plan/step.ts'
import { blobId, sha256Of } from '../../host/git-objects/blob-id.ts'
import { installedPlaces } from '../../host/git-objects/installed.ts'
import { room } from '../../host/tree/testing.ts'
import { treeProbe } from './index.ts'

const content = Buffer.from('x')
const entry = { mode: '100644', blob: blobId(content, 'sha1'), sha256: sha256Of(content) } as const

test.each([
  ['is what was installed', 'x', 'b387b2951a22'],
  ['is another one', 'y', 'unknown'],
])('when the tree %s, then that is its version', async (_, there, expected) => {
  await using here = await room()
  const { record, stats } = installedPlaces(here.dir, 'app')
  mkdirSync(here.at('installed'))
  writeFileSync(record, recordText('b387b2951a2213d1c7f491f546bf90edc5e6fee2', new Map([['a', entry]])))
  here.plant({ 'tree/a': there })
  const ref = { component: 'app', dir: here.at('tree'), user: null, scheme: 'commit' } as unknown as ProbeRef
  const probe = treeProbe()
  const config = probe.config.parse({ type: 'tree', record, stats })
  expect(await probe.read(config, ref, new AbortController().signal)).toBe(expected)
  expect(await probe.read({ ...config, record: here.at('none') }, ref, new AbortController().signal)).toBe('unknown')
})
