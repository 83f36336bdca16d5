import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fsyncDir } from '../../host/tree/durable.ts'
import { actionFailed, unitNotFound } from '../../host/systemd/failures.ts'
import { showOne, systemctl } from '../../host/systemd/manager.ts'
import type { Manager } from '../../host/systemd/scope.ts'
import { unitsDirOf } from './units-dir.ts'

const timeoutMs = 60_000

/** Whether it is started at boot: links in folders of systemd's, on the disk when this returns. */
export async function setBoot(
  manager: Manager,
  unit: string,
  on: boolean,
  systemUnitsDir: string,
  signal: AbortSignal,
): Promise<void> {
  const { loadState, unitFileState } = await showOne(manager, unit, signal)
  if (!on && loadState !== 'loaded') return
  if (on && loadState !== 'loaded') throw unitNotFound(manager, unit, loadState)
  if ((unitFileState === 'enabled') !== on) {
    const verb = on ? 'enable' : 'disable'
    const result = await systemctl(manager, ['--quiet', verb, '--', unit], timeoutMs, signal)
    if (result.code !== 0) throw actionFailed(on ? 'start' : 'stop', manager, unit, result.stderr, [])
  }
  // Also where nothing was to do: whoever did it may have died before it was on the disk.
  await onDisk(await unitsDirOf(manager, systemUnitsDir))
}

async function onDisk(unitsDir: string): Promise<void> {
  const names = await readdir(unitsDir).catch(() => [])
  const folders = names.filter((name) => /\.(wants|requires)$/.test(name)).map((name) => join(unitsDir, name))
  // A folder that another program removes meanwhile has nothing to keep.
  for (const folder of [...folders, unitsDir]) await fsyncDir(folder).catch(() => {})
}
