import { posix } from 'node:path'
import { githubApi, githubRepository, isBranch } from '../address.ts'
import { checkoutOf, wayOf } from '../checkout.ts'
import { isFalse, isTrue, type Reasoned } from '../compose/advice.ts'
import { databaseFacts } from '../database.ts'
import { filled, readVariables, type Variables } from '../dotenv.ts'
import { type ComponentFacts, noComponent, noFacts, type StarterFacts, weights } from '../facts.ts'
import { joinFacts } from '../join.ts'
import { isThere, type Looks, thoseThere } from '../looks.ts'
import { pythonOf } from '../python-environment.ts'
import { unitOf } from '../unit.ts'
import { type Place, probe } from './helpdesk-probe.ts'

const settings = ['GITHUB_REPO', 'GITHUB_BRANCH', 'AUTO_UPDATE', 'AUTO_UPDATE_HOUR'] as const

/** What its updater took where a variable was not set. */
const defaults = { repo: 'aborowczak/HelpDesk', branch: 'main', hour: 2 } as const

/** What its updater never touched. */
const protectedFiles = ['.env', 'helpdesk/settings.py', 'db.sqlite3', 'manage.py'] as const

/** Django's own variables, as HelpDesk's example has them, tell where its updater's are missing. */
export function isHelpdeskEnv(variables: Variables): boolean {
  return settings.some((key) => variables.has(key)) || (variables.has('ALLOWED_HOSTS') && variables.has('DATABASE_URL'))
}

export async function isHelpdeskFolder(looks: Looks, folder: string): Promise<boolean> {
  return (await isThere(looks, `${folder}/manage.py`)) && (await isThere(looks, `${folder}/helpdesk/settings.py`))
}

/** HelpDesk in the folder of its `.env`. `text` null: there is no such file, and every default counts. */
export async function helpdeskFacts(looks: Looks, file: string, text: string | null): Promise<StarterFacts> {
  const folder = posix.dirname(file)
  const variables = readVariables(text ?? '')
  const place = placeOf(variables, file, githubApi(looks.env))
  const probed = await probe(looks, place)
  const checkout = await checkoutOf(looks, folder)
  const other = checkout === null ? null : wayOf(checkout, folder)
  const database = databaseOf(variables, folder, file)
  const schedule = scheduleOf(variables, file)
  const found: ComponentFacts = {
    ...noComponent,
    name: 'helpdesk',
    known: true,
    path: folder,
    ways: [
      {
        origin: { kind: 'github-tree', repo: probed.repo, branch: probed.branch, api: place.api },
        why: "as HelpDesk's own updater: files of a branch, compared one by one",
        weight: weights.updater,
        notes: [...place.notes, ...probed.notes],
      },
      ...(other === null ? [] : [other]),
    ],
    protect: [...new Set([...protectedFiles, ...(database.file === null ? [] : [database.file])])],
    ...(await pythonOf(looks, folder, {
      migrate: (await isThere(looks, `${folder}/manage.py`)) ? ['manage.py', 'migrate', '--noinput'] : null,
      why: 'its own updater changed files alone; new code may need its packages and tables',
    })),
    data: [...(database.data === null ? [] : [database.data]), ...(await uploads(looks, folder))],
    auto: schedule.auto,
    window: schedule.window,
    every: { value: '6h', why: 'its updater asked every six hours' },
    notes: [...database.notes, ...schedule.notes, ...(await staticFiles(looks, folder))],
  }
  const facts = { ...noFacts, components: [found], readFrom: text === null ? [] : [file] }
  return joinFacts([facts, await unitOf(looks, folder, ['helpdesk', 'gunicorn'])])
}

function placeOf(variables: Variables, file: string, api: string | null): Place {
  const notes: string[] = []
  const take = (key: string, fallback: string, read: (text: string) => string | null) => {
    const given = filled(variables, key)
    const value = given === null ? null : read(given.value)
    if (given !== null && value === null)
      notes.push(`${file}:${given.line}: ${key} cannot be read; its default is taken`)
    return { value: value ?? fallback, given: value !== null }
  }
  const repo = take('GITHUB_REPO', defaults.repo, githubRepository)
  const branch = take('GITHUB_BRANCH', defaults.branch, (text) => (isBranch(text) ? text : null))
  return { repo, branch, api, notes }
}

function databaseOf(variables: Variables, folder: string, file: string) {
  const url = filled(variables, 'DATABASE_URL')
  const [text, place] =
    url === null
      ? ['sqlite:///db.sqlite3', "HelpDesk's default database"]
      : [url.value, `DATABASE_URL in ${posix.basename(file)}:${url.line}`]
  return databaseFacts(text, { folder, place, variable: 'HELPDESK_DATABASE_PASSWORD' })
}

async function uploads(looks: Looks, folder: string): Promise<ComponentFacts['data']> {
  const found = await thoseThere(looks, folder, ['media'])
  return found.map((name) => ({ value: { type: 'path', path: `${folder}/${name}` }, why: 'what people uploaded' }))
}

async function staticFiles(looks: Looks, folder: string): Promise<readonly string[]> {
  if ((await thoseThere(looks, folder, ['staticfiles'])).length === 0) return []
  return ['its static files are collected in staticfiles: add manage.py collectstatic --noinput to migrate']
}

interface Schedule {
  readonly auto: Reasoned<'all' | 'none'>
  readonly window: NonNullable<ComponentFacts['window']>
  readonly notes: readonly string[]
}

function scheduleOf(variables: Variables, file: string): Schedule {
  const notes: string[] = []
  const given = filled(variables, 'AUTO_UPDATE')
  const on = given !== null && (isTrue(given.value) || /^(?:on|y|ok)$/i.test(given.value))
  if (given !== null && !on && !isFalse(given.value) && !/^(?:off|n|none)$/i.test(given.value))
    notes.push(`${file}:${given.line}: AUTO_UPDATE is neither True nor False; False is taken`)
  const hour = filled(variables, 'AUTO_UPDATE_HOUR')
  const valid = hour !== null && /^(?:\d|[01]\d|2[0-3])$/.test(hour.value)
  if (hour !== null && !valid)
    notes.push(`${file}:${hour.line}: AUTO_UPDATE_HOUR is no hour from 0 to 23; ${defaults.hour} is taken`)
  const at = valid ? Number(hour.value) : defaults.hour
  const cron = { cron: `0 ${at} * * *`, duration: '1h' }
  return {
    auto: on
      ? { value: 'all', why: 'AUTO_UPDATE was on' }
      : { value: 'none', why: given === null ? 'AUTO_UPDATE is not set, which is off' : 'AUTO_UPDATE was off' },
    window: { value: cron, why: valid ? `AUTO_UPDATE_HOUR was ${at}` : `AUTO_UPDATE_HOUR is not set, which is ${at}` },
    notes,
  }
}
