import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runId } from '../../test/fakes/plan.ts'
import { slotParts } from '../../test/fakes/slots.ts'
import { room } from '../host/tree/testing.ts'
import type { Retiring } from '../ports/retiring.ts'
import { fileRetiring } from './retiring.ts'

function record(component: string): Retiring {
  const { traffic } = slotParts()
  return {
    run: runId('r-00000001'),
    step: {
      kind: 'retire',
      phase: 'after',
      detail: 'blue',
      traffic: { ...traffic, component },
      slot: 'blue',
      successor: 'green',
      boots: false,
      requestsMs: 1,
      streamsMs: 2,
      warmMs: 3,
      vacates: false,
      front: null,
    },
    retireAt: 2,
    warmUntil: 1,
  }
}

test('when a record is put, then whoever opens the folder later finds it, until it is removed', async () => {
  await using here = await room()
  const records = fileRetiring(here.dir)
  expect(records.all()).toEqual([])
  records.put(record('crm'))
  records.put(record('shop'))
  expect(fileRetiring(here.dir).get('crm')).toEqual(record('crm'))
  expect(fileRetiring(here.dir).all()).toHaveLength(2)
  records.remove('crm')
  records.remove('crm')
  expect(records.all()).toEqual([record('shop')])
})

test('when a record is damaged, or half of one was left, then it is none', async () => {
  await using here = await room()
  const records = fileRetiring(here.dir)
  records.put(record('crm'))
  writeFileSync(join(here.dir, 'retiring/crm.json'), '{"run":')
  writeFileSync(join(here.dir, 'retiring/.shop.new'), '{}')
  expect(records.get('crm')).toBeNull()
  expect(records.all()).toEqual([])
})
