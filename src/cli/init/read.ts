import { posix, resolve } from 'node:path'
import { BelayError, fail } from '../../core/model/problem.ts'
import { usage } from '../names.ts'
import { applicationIn, envFacts } from './application.ts'
import { crmFacts, folderOf, isCrmVersion } from './apps/crm.ts'
import { remoteFirst } from './apps/dunebugger.ts'
import { envSettings, fileSettings, isDunebuggerConf } from './apps/updater-settings.ts'
import { looksLikeCompose } from './compose/looks.ts'
import { readVariables } from './dotenv.ts'
import { noFacts, type StarterFacts } from './facts.ts'
import { addConf, composeFile, containerSettings, type Gathered, readDunebugger } from './gathered.ts'
import { parseIni } from './ini.ts'
import { joinFacts } from './join.ts'
import type { Looks } from './looks.ts'
import { readAssignments } from './python.ts'
import { isUnit, unitFacts, unitFolders } from './unit.ts'

/** Facts of all files and folders that a person named, and of `UPDATER_*` in the environment. */
export async function factsFrom(looks: Looks, names: readonly string[]): Promise<StarterFacts> {
  const gathered: Gathered = { facts: [], compose: [], updater: [] }
  for (const name of names) await readNamed(looks, name, gathered)
  gathered.updater.push(...gathered.compose.flatMap(containerSettings))
  const environment = Object.entries(looks.env).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, value] as const],
  )
  const own = envSettings(new Map(environment), 'the environment')
  if (own.size > 0) gathered.updater.push(own)
  if (gathered.updater.length > 0) await readDunebugger(looks, gathered)
  const { factsOfCompose } = await import('./compose/files.ts')
  return remoteFirst(joinFacts([...gathered.facts, factsOfCompose(gathered.compose)]))
}

async function readNamed(looks: Looks, name: string, gathered: Gathered): Promise<void> {
  const path = resolve(looks.cwd, name)
  const folder = posix.basename(path) === '.git' ? posix.dirname(path) : path
  if ((await looks.list(path)) !== null) return readFolder(looks, folder, gathered)
  const { file, text } = await found(looks, name)
  if (!(await understood(looks, file, text, gathered))) throw unknown(file)
}

async function found(looks: Looks, name: string): Promise<{ readonly file: string; readonly text: string }> {
  for (const file of candidates(looks.cwd, name)) {
    const text = await readText(looks, file)
    if (text === null) continue
    if (text.includes('\0'))
      throw usage(`${file}:1: this is no text in UTF-8.`, 'Save it as UTF-8, or name another file.')
    return { file, text }
  }
  throw fail('E_NOT_FOUND', `${name} does not exist.`, {
    hint: 'Name a file, a folder, or a systemd unit of this host.',
    facts: { file: name },
  })
}

async function readText(looks: Looks, file: string): Promise<string | null> {
  try {
    return await looks.readText(file)
  } catch (error) {
    if (error instanceof BelayError) throw error
    throw fail('E_PERMISSION', `${file} cannot be read.`, {
      hint: 'Run belay init as a user who may read it.',
      cause: error,
    })
  }
}

/** A file, or the bare name of a unit. */
function candidates(cwd: string, name: string): readonly string[] {
  const file = resolve(cwd, name)
  if (posix.basename(name) !== name) return [file]
  const unit = name.endsWith('.service') ? name : `${name}.service`
  return [file, ...unitFolders.map((folder) => `${folder}/${unit}`)]
}

/** false: it is none of the files that are known. */
async function understood(looks: Looks, file: string, text: string, gathered: Gathered): Promise<boolean> {
  if (file.endsWith('.py')) return understoodModule(looks, file, text, gathered)
  if (/\.ya?ml$/i.test(file) || looksLikeCompose(text)) {
    gathered.compose.push(await composeFile(looks, file, text))
    return true
  }
  const ini = parseIni(text)
  if (isUnit(ini)) {
    gathered.facts.push(...(await unitAndFolder(looks, file, text)))
    return true
  }
  if (isDunebuggerConf(ini)) {
    addConf(file, text, gathered)
    return true
  }
  return understoodVariables(looks, file, text, gathered)
}

async function understoodModule(looks: Looks, file: string, text: string, gathered: Gathered): Promise<boolean> {
  if (!isCrmVersion(readAssignments(text, file))) return false
  gathered.facts.push(await crmFacts(looks, folderOf(file), { file, text }))
  return true
}

async function understoodVariables(looks: Looks, file: string, text: string, gathered: Gathered): Promise<boolean> {
  const settings = fileSettings(readVariables(text), file)
  if (settings.size > 0) {
    gathered.facts.push({ ...noFacts, readFrom: [file] })
    gathered.updater.push(settings)
    return true
  }
  const folder = posix.dirname(file)
  const facts =
    posix.basename(file) === '.env' ? await knownOrEnv(looks, folder, file, text) : await envFacts(looks, file, text)
  if (facts !== null) gathered.facts.push(facts)
  return facts !== null
}

/** What stands beside the settings tells whose they are. */
async function knownOrEnv(looks: Looks, folder: string, file: string, text: string): Promise<StarterFacts | null> {
  const facts = await applicationIn(looks, folder)
  if (facts?.components.some(({ known }) => known) === true) return facts
  return envFacts(looks, file, text)
}

async function unitAndFolder(looks: Looks, file: string, text: string): Promise<readonly StarterFacts[]> {
  const facts = unitFacts(parseIni(text), file)
  const path = facts.components[0]?.path ?? null
  if (path === null) return [facts]
  if ((await looks.list(path)) === null) return [absent(facts, file, path)]
  const application = await applicationIn(looks, path)
  return application === null ? [facts] : [facts, application]
}

function absent(facts: StarterFacts, file: string, path: string): StarterFacts {
  const note = `${file} works in ${path}, which is not on this host`
  return {
    ...facts,
    components: facts.components.map((each) => ({ ...each, absent: true, notes: [...each.notes, note] })),
  }
}

/** In the order in which compose takes the first. */
const composeNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'] as const
const confNames = [
  'dunebugger.conf',
  'config/dunebugger.conf',
  'app/config/dunebugger.conf',
  'remote/config/dunebugger.conf',
] as const

async function readFolder(looks: Looks, folder: string, gathered: Gathered): Promise<void> {
  const before = gathered.facts.length + gathered.compose.length + gathered.updater.length
  const application = await applicationIn(looks, folder)
  if (application !== null) gathered.facts.push(application)
  for (const file of [...confNames, '.env'].map((name) => posix.join(folder, name)))
    await readBeside(looks, file, gathered)
  for (const name of composeNames) {
    const file = posix.join(folder, name)
    const text = await looks.peek(file)
    if (text === null || !looksLikeCompose(text)) continue
    gathered.compose.push(await composeFile(looks, file, text))
    break
  }
  if (application === null) await readUnits(looks, folder, gathered)
  if (gathered.facts.length + gathered.compose.length + gathered.updater.length === before) throw nothingIn(folder)
}

async function readBeside(looks: Looks, file: string, gathered: Gathered): Promise<void> {
  const text = await looks.peek(file)
  if (text === null) return
  if (isDunebuggerConf(parseIni(text))) addConf(file, text, gathered)
  const settings = fileSettings(readVariables(text), file)
  if (settings.size > 0) gathered.updater.push(settings)
}

async function readUnits(looks: Looks, folder: string, gathered: Gathered): Promise<void> {
  for (const name of (await looks.list(folder)) ?? []) {
    const file = posix.join(folder, name)
    const text = name.endsWith('.service') ? await looks.peek(file) : null
    if (text !== null && isUnit(parseIni(text))) gathered.facts.push(...(await unitAndFolder(looks, file, text)))
  }
}

const looked =
  "HelpDesk's .env or manage.py, CRM's app/core/version.py, a dunebugger.conf or UPDATER_ variables, the whisper appliance, a compose file, systemd units, a git checkout"

function unknown(file: string): BelayError {
  return usage(
    `${file} is none of the files that can be read here. Looked for: ${looked}.`,
    'Leave it out, or name another file.',
  )
}

function nothingIn(folder: string): BelayError {
  return usage(
    `${folder} holds nothing that can be read here. Looked for: ${looked}.`,
    'Name the file itself, or another folder.',
  )
}
