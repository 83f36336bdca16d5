import type { PageSettings } from '../api/ports.ts'
import { nearest } from '../core/model/nearest.ts'
import { BelayError, fail, type Problem } from '../core/model/problem.ts'
import { checkedOverlay, etagOf, noEtag, readFile } from '../host/config/overlay.ts'
import type { ReadConfig } from '../host/config/read-config.ts'
import { emptySettingsFile, type SettingsChange, withChange } from '../protocol/settings-file.ts'
import { fileSettings, settingsBytesMax } from '../storage/settings.ts'
import { kindsFor } from './kinds.ts'

export interface PageSettingsOptions {
  readonly stateDir: string
  /** The config as it is on disk now. */
  readonly read: () => Promise<{ readonly read: ReadConfig }>
  readonly reload: () => Promise<Problem | null>
}

/** One change at a time: each is laid over what the one before it left. */
export function pageSettings({ stateDir, read, reload }: PageSettingsOptions): PageSettings {
  const store = fileSettings(stateDir)
  let turn: Promise<unknown> = Promise.resolve()
  const change = async (wanted: SettingsChange, etag: string | null): Promise<void> => {
    const text = store.read()
    if (etag !== null && etag !== (text === null ? noEtag : etagOf(text))) throw changedMeanwhile()
    const { file, secretsDir } = store
    const before = text === null ? emptySettingsFile : readFile({ file, text, secretsDir })
    const config = (await read()).read
    refuseUnknown(wanted, [...config.settings.components.keys()])
    const next = `${JSON.stringify(withChange(before, wanted), null, 2)}\n`
    if (Buffer.byteLength(next) > settingsBytesMax) {
      throw fail('E_REQUEST_TOO_LARGE', `${file} would be longer than ${settingsBytesMax} bytes.`)
    }
    await checkedOverlay(config, { file, text: next, secretsDir, proposed: true }, kindsFor)
    await store.write(next)
    const problem = await reload()
    if (problem !== null) throw new BelayError(problem)
  }
  return {
    file: store.file,
    async change(wanted, etag) {
      const mine = turn.then(async () => change(wanted, etag))
      turn = mine.catch(() => {})
      return mine
    },
    writeSecret: async (name, value) => store.writeSecret(name, value),
    secretFile: (name) => `${store.secretsDir}/${name}`,
  }
}

function changedMeanwhile(): Error {
  return fail('E_CONFLICT', 'Somebody changed the settings meanwhile. Nothing was changed.', {
    hint: 'Look at what holds now, then change it again.',
  })
}

/** What the file says of a component that is gone is passed over; to begin with one is a mistake. */
function refuseUnknown({ components = {} }: SettingsChange, known: readonly string[]): void {
  for (const [name, value] of Object.entries(components)) {
    if (value === null || known.includes(name)) continue
    const meant = nearest(name.slice(0, 64), known)
    throw fail('E_COMPONENT_UNKNOWN', `There is no component "${name.slice(0, 64)}".`, {
      hint: meant === null ? `The config has: ${known.join(', ')}.` : `Did you mean ${meant}?`,
    })
  }
}
