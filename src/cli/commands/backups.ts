import { answer, type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { interruptible } from '../interrupts.ts'
import { chosen, usage } from '../names.ts'
import { backupLines } from '../render/backups.ts'
import { singleRun } from '../runs.ts'
import { mentionUnfinished } from '../unfinished.ts'

/** `{"backups":[BackupItem, …]}`. */
export async function listBackups(context: Context, name: string | undefined): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const backups = await engine.backups(chosen(engine, name === undefined ? [] : [name]))
    answer(context, { backups }, (reader) => backupLines(backups, reader))
    await mentionUnfinished(context, engine)
    return 0
  })
}

/** `{"backups":[BackupItem, …]}`: those just made and verified. */
export async function createBackup(context: Context, name: string): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    const made = await interruptible(context, (signal) => engine.createBackup(component, signal))
    answer(context, { backups: made }, (reader) => [
      ...(made.length === 0 ? [] : backupLines(made, reader)),
      ...made.flatMap(({ notes = [] }) => notes).map((note) => `note: ${reader.look.text(note)}`),
      made.length === 0
        ? `${component} declares no data, so there was nothing to back up. Declare it under data: in the config.`
        : 'Made and verified by reading it back.',
    ])
    return 0
  })
}

export interface RestoreFlags {
  readonly yes?: boolean
}

export async function restoreBackup(
  context: Context,
  name: string,
  id: string | undefined,
  flags: RestoreFlags,
): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const component = engine.resolve(name)
    if (id === undefined) {
      throw usage('restore was not told which backup.', `Choose one: belay backups list ${component}`)
    }
    const preview = flags.yes === true ? null : () => engine.planRestoreBackup(component, id)
    const start = (signal: AbortSignal) => engine.restoreBackup(component, id, signal)
    return singleRun(context, engine, { preview, start })
  })
}

/** `{"pruned":[id, …]}`. */
export async function pruneBackups(context: Context, name: string | undefined): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const pruned: string[] = []
    for (const component of chosen(engine, name === undefined ? [] : [name])) {
      pruned.push(...(await engine.pruneBackups(component)))
    }
    answer(context, { pruned }, () =>
      pruned.length === 0
        ? ['No backup is older than the policy keeps. Nothing was removed.']
        : pruned.map((id) => `removed ${id}`),
    )
    return 0
  })
}
