import { mkdir, readFile, readlink, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fail } from '../core/model/problem.ts'
import type { RenameStep } from '../core/plan/step.ts'
import { atomicWrite, fsyncDir, renameDurable, replaceLink } from '../host/tree/durable.ts'
import { removeTree } from '../host/tree/remove.ts'
import { exists } from '../host/tree/stat.ts'
import type { StepHandler } from '../ports/step.ts'
import type { StepPorts } from './ports.ts'

/** One rename of a link: the switch of slots. */
export function linkHandler(): StepHandler<'link'> {
  return {
    async apply(step) {
      if (step.from === null) await mkdir(dirname(step.link), { recursive: true })
      replaceLink(step.link, step.to, step.temporary)
      return {}
    },
    observe: async (step) => ((await linkText(step.link)) === step.to ? 'present' : 'absent'),
    async undo(step) {
      await rm(step.temporary, { force: true })
      if ((await linkText(step.link)) === step.from) return
      if (step.from !== null) return replaceLink(step.link, step.from, step.temporary)
      await rm(step.link, { force: true })
      await fsyncDir(dirname(step.link))
    },
  }
}

/** One of the two renames of in-place. Both names are never there at once. */
export function renameHandler(): StepHandler<'rename'> {
  return {
    async apply(step) {
      await move(step, step.from, step.to)
      return {}
    },
    async observe(step) {
      return (await exists(step.to)) && !(await exists(step.from)) ? 'present' : 'absent'
    },
    undo: (step) => move(step, step.to, step.from),
  }
}

async function move(step: RenameStep, from: string, to: string): Promise<void> {
  const [there, taken] = [await exists(from), await exists(to)]
  if (!there && taken) return
  if (!there || taken) {
    throw fail('E_IO', there ? `${to} is in the way of ${from}.` : `${from} is gone, and so is ${to}.`, {
      hint: `Someone changed these folders meanwhile. Put the tree of ${step.detail} back as ${from}, then run "belay resume".`,
    })
  }
  await mkdir(dirname(to), { recursive: true })
  await renameDurable(from, to)
}

/** A small file of ours, such as a unit's drop-in. */
export function writeHandler({ adapters }: StepPorts): StepHandler<'write'> {
  const put = async (path: string, content: string | null, mode: number, temporary: string) => {
    if (content !== null) {
      await mkdir(dirname(path), { recursive: true })
      return atomicWrite(path, content, { mode, temporary })
    }
    await rm(path, { force: true })
    if (await exists(dirname(path))) await fsyncDir(dirname(path))
  }
  return {
    async apply(step) {
      await put(step.path, step.content, step.mode, step.temporary)
      if (step.reload !== null) await (await adapters.service(step.reload)).reload()
      return {}
    },
    observe: async () => 'absent',
    async undo(step) {
      if ((await textOf(step.path)) !== step.previous) await put(step.path, step.previous, step.mode, step.temporary)
      if (step.reload !== null) await (await adapters.service(step.reload)).reload()
    },
  }
}

export function mkdirHandler(): StepHandler<'mkdir'> {
  return {
    async apply(step) {
      for (const path of step.paths) await mkdir(path, { recursive: true })
      return {}
    },
    observe: async () => 'absent',
    async undo(step) {
      // Only what is empty again: anything else in there is somebody's.
      for (const path of step.paths.toReversed()) await rmdir(path).catch(ignoreInUse)
    },
  }
}

function ignoreInUse(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
}

export function removeHandler(): StepHandler<'remove'> {
  return {
    async apply(step) {
      await removeTree(step.path)
      return {}
    },
    observe: async (step) => ((await exists(step.path)) ? 'absent' : 'present'),
    undo: async () => {},
  }
}

async function linkText(path: string): Promise<string | null> {
  return readlink(path).catch(() => null)
}

async function textOf(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null)
}
