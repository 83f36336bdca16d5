import type { Variables } from '../dotenv.ts'
import { hasSection, type Ini } from '../ini.ts'

/** A setting of DuneBugger's updater, and where it was written. */
export interface Setting {
  readonly value: string
  readonly place: string
}

/** Names in lower case, as the section and the variables agree on nothing else. */
export type UpdaterSettings = ReadonlyMap<string, Setting>

const section = 'Updater'
const prefix = 'UPDATER_'

/** All that there are: another program may have variables that begin so, too. */
const options: ReadonlySet<string> = new Set([
  'githubaccount',
  'includeprerelease',
  'updatecheckintervalhours',
  'dockercomposepath',
  'coreinstallpath',
  'backuppath',
])

/** Sections and keys of its remote part, which were there before there was an updater. */
const known: Readonly<Record<string, RegExp>> = {
  Websocket: /^(?:remoteEnabled|websocketEnabled|broadcastInitialState)$/i,
  MessageQueue: /^mQueue/i,
  Log: /^dunebuggerLogLevel$/i,
}

export function isDunebuggerConf(ini: Ini): boolean {
  if (hasSection(ini, section)) return true
  return Object.entries(known).some(([name, keys]) => [...(ini.get(name)?.keys() ?? [])].some((key) => keys.test(key)))
}

/** null: the file is of a time before its updater. */
export function confSettings(ini: Ini, file: string): UpdaterSettings | null {
  if (!hasSection(ini, section)) return null
  const found = new Map<string, Setting>()
  for (const [name, keys] of ini) {
    if (name.toLowerCase() !== section.toLowerCase()) continue
    for (const [key, values] of keys) {
      const last = values.at(-1)
      if (last !== undefined && last.value !== '')
        found.set(key.toLowerCase(), { value: last.value, place: `${file}:${last.line}: ${key}` })
    }
  }
  return found
}

/** `UPDATER_GITHUBACCOUNT` and its like; the other variables are nobody's business. */
export function envSettings(variables: ReadonlyMap<string, string>, where: string): UpdaterSettings {
  const found = new Map<string, Setting>()
  for (const [key, value] of variables) {
    const option = key.toUpperCase().startsWith(prefix) ? key.slice(prefix.length).toLowerCase() : null
    if (option === null || !options.has(option) || value === '') continue
    found.set(option, { value, place: `${where}: ${key.toUpperCase()}` })
  }
  return found
}

export function fileSettings(variables: Variables, file: string): UpdaterSettings {
  const all = [...variables].map(([key, { value, line }]) => [key, value, line] as const)
  return new Map(all.flatMap(([key, value, line]) => [...envSettings(new Map([[key, value]]), `${file}:${line}`)]))
}
