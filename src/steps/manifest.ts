import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { manifestMissing, manifestRefused, refusedWarning } from '../core/manifest/failures.ts'
import { manifestNames } from '../core/manifest/manifest.ts'
import { joinChecks } from '../core/manifest/join.ts'
import type { AcceptedManifest } from '../core/manifest/facts.ts'
import { fail, type Facts, problemOf } from '../core/model/problem.ts'
import { checkStep } from '../core/plan/compose.ts'
import type { ManifestStep, StepOf } from '../core/plan/step.ts'
import { unmetRequirement } from '../core/policy/requires.ts'
import { judgeManifestBytes } from '../host/manifest/judge.ts'
import { readInside } from '../host/read-inside.ts'
import { atomicWrite } from '../host/tree/durable.ts'
import type { JudgedManifest } from '../ports/manifest.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import { manifestBytesMax } from '../protocol/manifest/schema.ts'
import { checkHandler } from './check.ts'
import type { StepPorts } from './ports.ts'

/** Judges what lies in the new tree and asks what it asks for, by the checks' own handler. Nothing of it is ever run. */
export function manifestHandler(ports: StepPorts): StepHandler<'manifest'> {
  const ask = async (step: ManifestStep, { before, after }: AcceptedManifest, context: StepContext): Promise<void> => {
    for (const spec of joinChecks(step.own, step.phase === 'before' ? before : after).slice(step.own.length)) {
      if (step.skip.includes(spec.type)) continue
      const { describe } = await ports.adapters.check(spec)
      await checkHandler(ports).apply(
        { ...checkStep(spec, step.phase, describe, step.subject), kind: 'check' },
        context,
      )
    }
  }
  return {
    async apply(step, context) {
      const found = step.phase === 'before' ? await inTree(step) : await keptOf(step)
      if (found === null) return absent(step)
      const judged = judgeManifestBytes(found.bytes, found.name, step.release, step.component)
      if (judged.kind === 'refused') return refused(step, found.name, judged.reasons)
      refuseUnmet(step, judged)
      if (step.phase === 'before') await atomicWrite(step.kept, JSON.stringify(asKept(found)), { mode: 0o600 })
      await ask(step, judged, context)
      return factsOf(found.name, judged)
    },
    // A question, and a copy of what it was asked of, which lies where the run keeps its own.
    observe: async () => 'absent',
    undo: async (step) => {
      if (step.phase === 'before') await rm(step.kept, { force: true })
    },
  }
}

interface FoundInside {
  readonly name: string
  readonly bytes: Uint8Array
}

async function inTree(step: StepOf<'manifest'>): Promise<FoundInside | null> {
  for (const name of manifestNames) {
    const text = await readInside(step.tree, name, manifestBytesMax)
    if (text !== null) return { name, bytes: Buffer.from(text) }
    const size = await stat(join(step.tree, name)).catch(() => null)
    // One that is no plain file of the tree, or too large, is none that may be passed over.
    if (size !== null) return { name, bytes: Buffer.alloc(manifestBytesMax + 1) }
  }
  return null
}

function asKept({ name, bytes }: FoundInside) {
  return { name, text: Buffer.from(bytes).toString('base64') }
}

async function keptOf(step: StepOf<'manifest'>): Promise<FoundInside | null> {
  const text = await readFile(step.kept, 'utf8').catch((error: unknown) => {
    if (problemOf(error).facts['errno'] === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const { name, text: bytes } = JSON.parse(text) as ReturnType<typeof asKept>
  return { name, bytes: Buffer.from(bytes, 'base64') }
}

function absent({ required, phase, component, release }: ManifestStep): Facts {
  if (!required || phase !== 'before') return { manifest: null }
  throw manifestMissing(component.name, release.version)
}

function refused({ required, component, release }: ManifestStep, name: string, reasons: readonly string[]): Facts {
  if (required) throw manifestRefused(component.name, release.version, name, reasons)
  return { manifest: name, verdict: 'refused', reasons, warnings: [refusedWarning(reasons)] }
}

function refuseUnmet({ present, component, release }: ManifestStep, { requires }: AcceptedManifest): void {
  const unmet = unmetRequirement(requires, new Map(Object.entries(present)))
  if (unmet?.kind !== 'requires') return
  const { component: other, range, found } = unmet
  throw fail(
    'E_HELD',
    `${release.version} of ${component.name} is held: it needs ${other} ${range}, and ${found ?? 'none'} is there.`,
    {
      hint: `Update ${other} first, or both in one: belay update ${other} ${component.name}.`,
      facts: { version: release.version, by: 'requires' },
    },
  )
}

function factsOf(name: string, judged: Extract<JudgedManifest, { kind: 'accepted' }>): Facts {
  const { steps, rollback, before, after, requires, notes } = judged
  const asked = {
    steps: steps.map((step) => ({ ...step })),
    rollback: rollback.map((step) => ({ ...step })),
    before,
    after,
    requires,
  }
  return { manifest: name, verdict: 'accepted', ...asked, ...(notes.length === 0 ? {} : { warnings: notes }) }
}
