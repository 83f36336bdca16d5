import { expect, test } from 'vitest'
import { noneProbe } from './index.ts'

test('when nothing tells the version then it is unknown, never 0.0.0', async () => {
  const ref = { component: 'app', spec: { type: 'none' }, dir: '/', user: null, scheme: 'semver' }
  expect(await noneProbe().read({ type: 'none' }, ref, new AbortController().signal)).toBeNull()
  expect(noneProbe().config.safeParse({ type: 'none', file: 'VERSION' }).success).toBe(false)
})
