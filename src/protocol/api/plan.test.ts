import { expect, test } from 'vitest'
import { planBodySchema } from './plan.ts'

test('when a plan is asked for and not said which then it is that of an update', () => {
  expect(planBodySchema.parse({})).toEqual({ action: 'update' })
  expect(planBodySchema.parse({ to: '1.1.0' })).toEqual({ action: 'update', to: '1.1.0' })
  expect(planBodySchema.safeParse(null).success).toBe(true)
  expect(planBodySchema.safeParse({ action: 'forget' }).success).toBe(false)
})
