import { posix } from 'node:path'
import { checkoutOf, wayOf } from '../checkout.ts'
import { databaseFacts } from '../database.ts'
import { filled, readVariables, type Variables } from '../dotenv.ts'
import { type ComponentFacts, noComponent, noFacts, type StarterFacts, type Way, weights } from '../facts.ts'
import { joinFacts } from '../join.ts'
import { find, parseIni } from '../ini.ts'
import { isThere, type Looks, thoseThere } from '../looks.ts'
import { type Assignment, type PythonValue, readAssignments } from '../python.ts'
import { pythonOf } from '../python-environment.ts'
import { unitOf } from '../unit.ts'
import { updateAddress } from './update-address.ts'

export const versionFile = 'app/core/version.py'

type Assignments = ReadonlyMap<string, Assignment>

/** Whatever else a module sets, these are CRM's. */
export function isCrmVersion(assignments: Assignments): boolean {
  return assignments.has('VERSION') && (assignments.has('UPDATE_CHECK_URL') || assignments.has('BUILD_DATE'))
}

/** CRM's own settings, as its example has them. */
export function isCrmEnv(variables: Variables): boolean {
  const url = variables.get('DATABASE_URL')?.value ?? ''
  return variables.has('ACCESS_TOKEN_EXPIRE_MINUTES') || /^(?:sqlite\+aiosqlite|postgresql\+asyncpg):/.test(url)
}

export function folderOf(file: string): string {
  return file.endsWith(`/${versionFile}`) ? file.slice(0, -versionFile.length - 1) || '/' : posix.dirname(file)
}

interface Read {
  readonly file: string
  readonly text: string
}

/** CRM in its folder, from its version.py and what stands beside it: `.env`, alembic.ini, the checkout, its unit. */
export async function crmFacts(looks: Looks, folder: string, module: Read | null): Promise<StarterFacts> {
  const assignments = module === null ? new Map<string, Assignment>() : readAssignments(module.text, module.file)
  const value = reader(assignments, module?.file ?? versionFile)
  const checkout = await checkoutOf(looks, folder)
  const ways = waysFrom(value, checkout === null ? null : wayOf(checkout, folder))
  const own = await ownData(looks, folder)
  const found: ComponentFacts = {
    ...noComponent,
    name: 'crm',
    known: true,
    aliases: ['crm-backend'],
    path: folder,
    ways: ways.all,
    preserve: [
      '.env',
      'data.db',
      'uploads/**',
      'app/uploads/**',
      'backups/**',
      ...(checkout === null ? [] : ['.git/**']),
    ],
    ...(await pythonOf(looks, folder, {
      migrate: (await isThere(looks, `${folder}/alembic.ini`)) ? ['alembic', 'upgrade', 'head'] : null,
      why: 'as its auto_update.sh, but before the stop where it can be',
    })),
    version: { value: probe(module, folder, 'VERSION'), why: 'read, never run' },
    buildDate:
      module === null || !assignments.has('BUILD_DATE')
        ? null
        : { value: probe(module, folder, 'BUILD_DATE'), why: "the release's date where this line is missing" },
    data: own.data,
    auto: { value: 'none', why: 'its updater told of updates, and a person installed them' },
    every: everyOf(value),
    keep: { value: 10, why: 'as many as of its own. Not in its backups/, which is tracked in git' },
    health: { type: 'health_endpoint', url: `http://localhost:${own.port}/api/system/health` },
    notes: [...ways.notes, ...own.notes, ...(await strayMigrations(looks, folder)), ...value.notes()],
  }
  const facts = {
    ...noFacts,
    components: [found],
    readFrom: [...(module === null ? [] : [module.file]), ...own.readFrom],
  }
  return joinFacts([facts, await unitOf(looks, folder, ['crm-backend', 'cem-backend'])])
}

interface Reader {
  /** undefined: it is not set, or to something that is not of this kind. */
  take<T extends PythonValue>(name: string, is: (value: PythonValue) => value is T, what: string): T | undefined
  notes(): readonly string[]
  at(name: string): string
}

function reader(assignments: Assignments, file: string): Reader {
  const notes: string[] = []
  const at = (name: string) => `${file}:${assignments.get(name)?.line ?? 1}`
  return {
    at,
    notes: () => notes,
    take(name, is, what) {
      const found = assignments.get(name)
      if (found === undefined) return undefined
      if ('value' in found && is(found.value)) return found.value
      notes.push(
        `${at(name)}: ${name} is ${'computed' in found ? 'computed, and nothing of it is run' : `not ${what}`}`,
      )
      return undefined
    },
  }
}

const isText = (value: PythonValue): value is string => typeof value === 'string'
const isHours = (value: PythonValue): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 24 * 366
const isSwitch = (value: PythonValue): value is boolean => typeof value === 'boolean'

/** What its people really used is git, also where an address is written: that one only told them of a version. */
function waysFrom(
  value: Reader,
  checkout: Way | null,
): { readonly all: readonly Way[]; readonly notes: readonly string[] } {
  const text = value.take('UPDATE_CHECK_URL', isText, 'a text')
  const address = text === undefined ? null : updateAddress(text)
  const git =
    checkout === null ? [] : [{ ...checkout, why: 'its updater pulled this checkout, whatever UPDATE_CHECK_URL said' }]
  if (address === null) return { all: git, notes: [] }
  const place = value.at('UPDATE_CHECK_URL')
  if ('wrong' in address) return { all: git, notes: [`${place}: ${address.wrong}`] }
  const { origin, why, hadSecret } = address
  const notes = [
    ...(hadSecret
      ? [`${place}: what looked like a password or token in it is not copied: use token or token_env`]
      : []),
    ...(origin.kind === 'http'
      ? [
          'an update is installed when the answer of the server names its sha256; else trust: { require: tls } takes what comes',
        ]
      : []),
  ]
  return { all: [...git, { origin, why, weight: weights.written, notes }], notes: [] }
}

function everyOf(value: Reader): ComponentFacts['every'] {
  const on = value.take('ENABLE_AUTO_UPDATE_CHECK', isSwitch, 'True or False')
  const hours = value.take('UPDATE_CHECK_INTERVAL_HOURS', isHours, 'a number of hours')
  if (on === false) return { value: 'off', why: 'ENABLE_AUTO_UPDATE_CHECK is False' }
  return hours === undefined ? null : { value: `${hours}h`, why: 'UPDATE_CHECK_INTERVAL_HOURS' }
}

/** Whatever quotes and blanks it is written with; not those of `MIN_VERSION`. */
function probe(module: Read | null, folder: string, name: string) {
  const inside = module === null ? versionFile : posix.relative(folder, module.file)
  return { file: inside, pattern: `^${name}(?: *:[^=]*)? *= *.([^"']+)` }
}

interface OwnData {
  readonly data: ComponentFacts['data']
  readonly notes: readonly string[]
  readonly port: number
  readonly readFrom: readonly string[]
}

/** The `.env` says where the database is, else alembic.ini, else it is CRM's default. */
async function ownData(looks: Looks, folder: string): Promise<OwnData> {
  const [env, alembic] = [`${folder}/.env`, `${folder}/alembic.ini`]
  const [envText, alembicText] = [await looks.peek(env), await looks.peek(alembic)]
  const variables = readVariables(envText ?? '')
  const url = filled(variables, 'DATABASE_URL')
  const migrated = alembicText === null ? null : find(parseIni(alembicText), 'alembic', 'sqlalchemy.url')
  const [address, place] =
    url !== null
      ? [url.value, `DATABASE_URL in .env:${url.line}`]
      : migrated !== null
        ? [migrated.value, `sqlalchemy.url in alembic.ini:${migrated.line}`]
        : ['sqlite:///./data.db', "CRM's default database"]
  const database = databaseFacts(address, { folder, place, variable: 'CRM_DATABASE_PASSWORD' })
  const uploads = await thoseThere(looks, folder, ['uploads'])
  const inner = await thoseThere(looks, `${folder}/app`, ['uploads'])
  const paths = [...uploads.map((name) => `${folder}/${name}`), ...inner.map((name) => `${folder}/app/${name}`)]
  const port = Number(filled(variables, 'APP_PORT')?.value ?? 8000)
  return {
    data: [
      ...(database.data === null ? [] : [database.data]),
      ...paths.map((path) => ({ value: { type: 'path', path }, why: 'what people attached' })),
    ],
    notes: database.notes,
    port: Number.isInteger(port) && port > 0 && port < 65_536 ? port : 8000,
    readFrom: [...(envText === null ? [] : [env]), ...(alembicText === null ? [] : [alembic])],
  }
}

/** Its updater ran every loose script of these names again at every update. */
async function strayMigrations(looks: Looks, folder: string): Promise<readonly string[]> {
  const names = (await looks.list(folder)) ?? []
  const stray = names.filter((name) => /^(?:migrate_|add_|fix_|rebuild_).*\.py$|_migration\.py$/.test(name))
  if (stray.length === 0) return []
  return [
    `its updater ran ${stray.length === 1 ? 'the script' : `${stray.length} scripts such as`} ${stray[0]} at every update. Belay runs what migrate names: add those that an update needs`,
  ]
}
