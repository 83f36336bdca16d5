import { realpath, rm } from 'node:fs/promises'
import { fail } from '../core/model/problem.ts'
import type { EditStep } from '../core/plan/step.ts'
import { scalarAt } from '../host/compose/place.ts'
import { replaceScalar } from '../host/compose/scalar.ts'
import { encode, readTextFile } from '../host/compose/text-file.ts'
import { finishWrite, writeText } from '../host/compose/write-text.ts'
import { exists } from '../host/tree/stat.ts'
import type { StepHandler } from '../ports/step.ts'

/**
 * One scalar, both ways: what else is in the file, and what others wrote there since, stays (D6). A scalar that says
 * neither of the two versions is somebody's decision: it is left. Forward the step fails; the way back goes on, and the
 * checks of the old version tell what it led to.
 */
export function editHandler(): StepHandler<'edit'> {
  return {
    async apply(step) {
      await put(step, step.from, step.to, 'refuse')
      return {}
    },
    async observe(step) {
      if (!(await exists(step.path)) || (await exists(step.saved))) return 'absent'
      const { text } = await readTextFile(step.path)
      return scalarAt(text, step.place)?.source === step.to ? 'present' : 'absent'
    },
    async undo(step) {
      await rm(step.temporary, { force: true })
      await put(step, step.to, step.from, 'leave')
    },
  }
}

async function put(step: EditStep, from: string, to: string, third: 'leave' | 'refuse'): Promise<void> {
  const { place, temporary, saved, inPlace } = step
  const target = { path: await realpath(step.path).catch(() => step.path), temporary, saved, inPlace }
  await finishWrite(target)
  const file = await readTextFile(target.path)
  const scalar = scalarAt(file.text, place)
  if (scalar?.source === to) return
  if (scalar?.source !== from) {
    if (third === 'leave' && scalar !== null) return
    throw changed(step, to, scalar?.source ?? null)
  }
  const text = replaceScalar(file.text, scalar, to)
  if (scalarAt(text, place)?.source !== to) throw changed(step, to, scalar.source)
  await writeText(target, encode(file), encode({ ...file, text }))
}

function changed({ path, place, from }: EditStep, to: string, found: string | null) {
  const what = place.kind === 'yaml' ? `the image of ${place.service}` : place.variable
  return fail('E_FILE_CHANGED', `${what} in ${path} is ${found ?? 'gone'}, and neither version of this run`, {
    hint: `Write ${to} there (it was ${from} when the run began), then run "belay resume".`,
    facts: { file: path, found, wanted: to },
  })
}
