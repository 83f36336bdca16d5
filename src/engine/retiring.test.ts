import { expect, test } from 'vitest'
import { runId } from '../../test/fakes/plan.ts'
import { slotParts } from '../../test/fakes/slots.ts'
import { fail } from '../core/model/problem.ts'
import type { Slot } from '../core/traffic/slots.ts'
import { otherSlot } from '../core/traffic/slots.ts'
import { room } from '../host/tree/testing.ts'
import type { Journal } from '../ports/journal.ts'
import type { Retiring, RetiringRecords } from '../ports/retiring.ts'
import type { StepHandler, StepHandlers } from '../ports/step.ts'
import { fileRetiring } from '../storage/retiring.ts'
import { retireDue } from './retiring.ts'

const run = runId('r-00000001')
const never = new AbortController().signal

function leaving(slot: Slot): Retiring {
  const step = {
    kind: 'retire',
    phase: 'after',
    detail: slot,
    traffic: slotParts().traffic,
    slot,
    successor: otherSlot(slot),
    boots: false,
    requestsMs: 0,
    streamsMs: 0,
    warmMs: 0,
    vacates: false,
    front: null,
  } as const
  return { run, step, retireAt: 0, warmUntil: 0 }
}

/** `meanwhile`: what another belay has done by the time that the lock is had. */
async function looked(retiring: RetiringRecords, meanwhile: () => void): Promise<readonly Slot[]> {
  const ended: Slot[] = []
  const retire: StepHandler<'retire'> = {
    apply: async ({ slot }) => {
      ended.push(slot)
      return {}
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
  const locks = {
    acquire: async () => {
      meanwhile()
      return { release: () => {} }
    },
    holder: async () => null,
  }
  const journal = { unfinished: async () => [] as const } as unknown as Journal
  await retireDue({ retiring, locks, journal, handlers: async () => ({ retire }) as StepHandlers }, never)
  return ended
}

test('when an old version is switched back to before its turn comes then it is not ended', async () => {
  await using here = await room()
  const records = fileRetiring(here.dir)
  records.put(leaving('blue'))
  expect(await looked(records, () => records.remove('crm'))).toEqual([])
})

test('when another one is on its way out by then then that one is ended', async () => {
  await using here = await room()
  const records = fileRetiring(here.dir)
  records.put(leaving('blue'))
  expect(await looked(records, () => records.put(leaving('green')))).toEqual(['green'])
})

test('when a run is going on then it is left to that', async () => {
  await using here = await room()
  const records = fileRetiring(here.dir)
  records.put(leaving('blue'))
  const ended = await looked(records, () => {
    throw fail('E_LOCKED', 'an update has it')
  })
  expect(ended).toEqual([])
})
