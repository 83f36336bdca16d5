// needs: faketime
import { expect, test } from 'vitest'
import { conformanceScene } from './tuf.conformance.ts'

const dayMs = 24 * 3_600_000
const at = (ms: number): readonly string[] => ['faketime', new Date(ms).toISOString().slice(0, 19).replace('T', ' ')]

test('when the clock of the program is another, then it is that clock that metadata expires by', async () => {
  const scene = await conformanceScene()
  await scene.init()
  expect(await scene.refresh()).toMatchObject({ code: 0 })
  const later = await scene.refresh(at(Date.now() + 5 * dayMs))
  expect(later).toMatchObject({ code: 1, said: expect.stringContaining('E_METADATA_EXPIRED') })
  expect(await scene.refresh(at(Date.now() + 2 * dayMs))).toMatchObject({ code: 0 })
  // One wrong hour must not lock a host out for good.
  expect(await scene.refresh()).toMatchObject({ code: 0 })
})
