import { expect, test } from 'vitest'
import { noServices } from './index.ts'

test('when there is no service then it is never running and starting it changes nothing', async () => {
  const kind = noServices()
  const service = kind.open({ type: 'none' }, { component: 'a', spec: { type: 'none' }, cwd: '/', user: null })
  await service.start(new AbortController().signal)
  expect(await service.inspect()).toMatchObject({ found: true, running: false, state: 'none' })
  expect(await service.logs(0, 10)).toEqual([])
})

test('when its config has other keys then they are refused', () => {
  expect(noServices().config.safeParse({ type: 'none', unit: 'x' }).success).toBe(false)
})
