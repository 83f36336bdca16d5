import type { Facts } from '../core/model/problem.ts'
import { keptRepository } from '../core/image/kept.ts'
import type { PruneImagesStep, PullStep } from '../core/plan/step.ts'
import type { ContainerEngine, Image } from '../host/containers/types.ts'
import type { StepContext, StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** Brings an image while the old version runs. What was pulled stays after an undo: it harms nobody, and is evidence. */
export function pullHandler({ adapters }: StepPorts): StepHandler<'pull'> {
  const apply = async (step: PullStep, { signal, progress }: StepContext): Promise<Facts> => {
    const engine = await engineOf(step, signal)
    if (step.from !== undefined) return (await carried()).load({ ...step, from: step.from }, engine, progress, signal)
    const before = await engine.image(named(step), signal)
    if (before !== null) return { bytes: 0, present: true }
    let bytes = 0
    const onProgress = (doneBytes: number, totalBytes: number | null, message: string) => {
      bytes = Math.max(bytes, doneBytes)
      progress(doneBytes, totalBytes ?? step.bytes, message)
    }
    const auth = (await (await adapters.source(step.source)).credentials?.(signal)) ?? null
    await engine.pull({ repository: step.repository, digest: step.digest, auth, onProgress }, signal)
    return { bytes: step.bytes ?? bytes, digest: step.digest, stated_by: step.statedBy }
  }
  return {
    apply,
    async observe(step, { signal }) {
      const engine = await engineOf(step, signal)
      if (step.from !== undefined) return (await carried()).observe({ ...step, from: step.from }, engine, signal)
      return (await engine.image(named(step), signal)) === null ? 'absent' : 'present'
    },
    undo: async () => {},
  }
}

/** Few images come from a file. */
const carried = () => import('./carried-image.ts')

export function tagHandler(): StepHandler<'tag'> {
  return {
    async apply(step, { signal }) {
      await (await engineOf(step, signal)).tag(step.from, step.to, signal)
      return {}
    },
    async observe(step, { signal }) {
      const engine = await engineOf(step, signal)
      const [from, to] = [await engine.image(step.from, signal), await engine.image(step.to, signal)]
      return from !== null && from.id === to?.id ? 'present' : 'absent'
    },
    async undo(step, { signal }) {
      const engine = await engineOf(step, signal)
      const [from, to] = [await engine.image(step.from, signal), await engine.image(step.to, signal)]
      // Somebody else pointed it elsewhere meanwhile: that is theirs.
      if (to === null || to.id === step.previous || to.id !== from?.id) return
      if (step.previous === null) {
        // The last name of what the failed container was made from stays as long as that container does.
        if (to.tags.length > 1 || !(await engine.inUse(to.id, signal))) await engine.untag(step.to, signal)
        return
      }
      await engine.tag(step.previous, step.to, signal)
    },
  }
}

/** Old images cost disk, the way back is worth it: the newest `keep` stay, and whatever a container uses. */
export function pruneImagesHandler(): StepHandler<'prune-images'> {
  return {
    async apply(step, { run, signal }) {
      const engine = await engineOf(step, signal)
      const kept = await engine.images(keptRepository(step.component), signal)
      // The way back of this very run goes first: an older image counts as new when somebody gives it another name.
      const ofThisRun = ({ tags }: Image) => Number(tags.some((name) => name.endsWith(`-${run}`)))
      const surplus = kept.toSorted((a, b) => ofThisRun(b) - ofThisRun(a) || b.taggedMs - a.taggedMs).slice(step.keep)
      const removed: string[] = []
      for (const image of surplus) removed.push(...(await removeImage(engine, image.id, step, signal)))
      return { removed }
    },
    observe: async () => 'absent',
    undo: async () => {},
  }
}

/** Every name that an image has here in this component's repositories; the engine removes it with the last one. */
async function removeImage(
  engine: ContainerEngine,
  id: string,
  step: PruneImagesStep,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (await engine.inUse(id, signal)) return []
  const image = await engine.image(id, signal)
  const own = [keptRepository(step.component), step.repository]
  const names = (image?.tags ?? []).filter((name) => own.some((repository) => name.startsWith(`${repository}:`)))
  for (const name of names) await engine.untag(name, signal)
  return names
}

function named({ repository, digest }: PullStep): string {
  return `${repository}@${digest}`
}

/** Loaded with the first image: most runs move none. */
async function engineOf(step: { readonly engine: string }, signal: AbortSignal): Promise<ContainerEngine> {
  return (await import('../host/containers/open.ts')).openEngine({ host: step.engine, signal })
}
