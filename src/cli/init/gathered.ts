import { usage } from '../names.ts'
import { dunebuggerFacts } from './apps/dunebugger.ts'
import { confSettings, envSettings, type UpdaterSettings } from './apps/updater-settings.ts'
import { type ComposeFile, isDunebugger } from './compose/facts.ts'
import { noFacts, type StarterFacts } from './facts.ts'
import { parseIni } from './ini.ts'
import type { Looks } from './looks.ts'

/** What was read so far. Compose files and the updater's settings are only understood all together. */
export interface Gathered {
  readonly facts: StarterFacts[]
  readonly compose: ComposeFile[]
  /** What says the same later wins: files as they are named, then containers, then the environment of this process. */
  readonly updater: UpdaterSettings[]
}

export async function readDunebugger(looks: Looks, gathered: Gathered): Promise<void> {
  const settings: UpdaterSettings = new Map(gathered.updater.flatMap((each) => [...each]))
  const read = await dunebuggerFacts(looks, settings)
  const here = gathered.compose.some(({ text }) => text.services.some(({ image }) => isDunebugger(bareImage(image))))
  const facts = { ...read, elsewhere: here ? [] : read.elsewhere }
  gathered.facts.push(facts)
  for (const file of facts.elsewhere) {
    const text = gathered.compose.some(({ files }) => files.includes(file)) ? null : await looks.peek(file)
    if (text !== null) gathered.compose.push(await composeFile(looks, file, text))
  }
}

/** Its remote part has had no file of settings since it takes them from its environment. */
export function containerSettings({ files: [first], text }: ComposeFile): readonly UpdaterSettings[] {
  return text.services.flatMap(({ image, environment, name }) => {
    if (!isDunebugger(bareImage(image))) return []
    const settings = envSettings(environment, `${first}, service ${name}`)
    return settings.size === 0 ? [] : [settings]
  })
}

function bareImage(image: string | null): string {
  return (image ?? '').replace(/[:@].*$/s, '')
}

export function addConf(file: string, text: string, gathered: Gathered): void {
  const settings = confSettings(parseIni(text), file)
  const early = `${file} has no [Updater] section, as the early ones: the defaults of the later updater are taken`
  gathered.facts.push({ ...noFacts, readFrom: [file], notes: settings === null ? [early] : [] })
  gathered.updater.push(settings ?? new Map())
}

export async function composeFile(looks: Looks, file: string, text: string): Promise<ComposeFile> {
  const { openComposeFile } = await import('./compose/files.ts')
  const opened = await openComposeFile(file, text, (path) => looks.peek(path))
  if (opened.text.services.length > 0) return opened
  throw usage(`${file} has no services:, so it is no compose file.`, 'Leave it out, or name another file.')
}
