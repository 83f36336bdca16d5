import { posix } from 'node:path'
import { type ComponentFacts, noComponent, noFacts, type StarterFacts, weights, within } from './facts.ts'
import { hasSection, type Ini, last, parseIni } from './ini.ts'
import type { Looks } from './looks.ts'
import { componentName } from './names.ts'

export function isUnit(ini: Ini): boolean {
  return hasSection(ini, 'Service')
}

/** Where systemd looks for the units of the system, the administrator's own first. */
export const unitFolders: readonly string[] = [
  '/etc/systemd/system',
  '/run/systemd/system',
  '/usr/local/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/lib/systemd/system',
]

const unitsMax = 300
const pathCharsMax = 1000

export function unitFacts(ini: Ini, file: string): StarterFacts {
  const unit = posix.basename(file).replace(/\.(?:service(?:\.template)?|template)$/, '')
  const read = { ...noFacts, readFrom: [file] }
  if (unit.endsWith('dunebugger-update-coordinator') || unit.startsWith('dunebugger-update-coordinator')) {
    const note = `${file} is DuneBugger's own updater: belay does its work, so stop and disable it before you let belay update`
    return { ...read, notes: [note] }
  }
  return { ...read, components: [componentOf(ini, unit)] }
}

function componentOf(ini: Ini, unit: string): ComponentFacts {
  const named = isUnitName(unit)
  const user = last(ini, 'Service', 'User')
  return {
    ...noComponent,
    name: componentName(unit),
    path: applicationFolder(ini),
    unit: named ? unit : null,
    user: user !== null && user !== 'root' && !/[\p{Cc}%]/u.test(user) ? user : null,
    notes: named ? [] : ['the name of the unit cannot be told from the name of its file: write it at service'],
    ...publicApplication(unit, applicationFolder(ini)),
  }
}

/** As systemd allows them, without what stands for something else. */
function isUnitName(unit: string): boolean {
  return /^[A-Za-z0-9_:.\\][A-Za-z0-9_:.\\@-]*$/.test(unit) && unit.length <= 240 && !/\.[a-z]+$/.test(unit)
}

/** Units of the public applications whose updaters belay replaces. */
function publicApplication(unit: string, path: string | null): Partial<ComponentFacts> {
  const git = (name: string) => ({
    ways: [
      {
        origin: { kind: 'git' as const, url: `https://github.com/OWNER/${name}.git`, ref: 'main' },
        why: 'change this: the address of your repository',
        weight: weights.guess,
        notes: [],
      },
    ],
  })
  switch (unit) {
    case 'crm-backend':
      return { name: 'crm', aliases: ['crm-backend'], ...git('crm-backend') }
    case 'whisper-appliance':
      return { name: 'whisper', aliases: ['whisper-appliance'], ...git('whisper-appliance') }
    case 'dunebugger':
      return dunebuggerUnit(path)
    default:
      return {}
  }
}

function dunebuggerUnit(path: string | null): Partial<ComponentFacts> {
  const shared = path === '/opt/dunebugger'
  return {
    name: 'core',
    aliases: ['dunebugger-core', 'dunebugger'],
    ways: [
      {
        origin: {
          kind: 'github',
          repo: 'marco-svitol/dunebugger',
          asset: 'dunebugger-{version}.tar.gz',
          prereleases: false,
          api: null,
        },
        why: "DuneBugger's own releases",
        weight: weights.guess,
        notes: ['every release of DuneBugger so far is a beta: without prereleases: true none is found'],
      },
    ],
    preserve: shared
      ? ['app/config/**', '.env', 'docker-compose.*', 'config/**', 'data/**', 'backups/**', 'remote/**', 'scheduler/**']
      : ['app/config/**'],
  }
}

/**
 * The folder of the application: where it works, or the one above that its Python environment belongs to. `-` before a
 * path means "may be missing"; `~` and specifiers stand for something that is not known here.
 */
function applicationFolder(ini: Ini): string | null {
  const working = plainFolder(last(ini, 'Service', 'WorkingDirectory')?.replace(/^-/, '') ?? null)
  const program = last(ini, 'Service', 'ExecStart')?.replace(/^[@\-:+!|]+/, '') ?? ''
  const environment = plainFolder(/^(\/[^\s"']+)\/\.?venv\/bin\//.exec(program)?.[1] ?? null)
  if (environment === null) return working
  return working === null || within(working, environment) ? environment : working
}

function plainFolder(path: string | null): string | null {
  if (path === null || !path.startsWith('/') || path.length > pathCharsMax || /[%\p{Cc}]/u.test(path)) return null
  const plain = posix.normalize(path).replace(/\/+$/, '')
  return plain === '' ? null : plain
}

/** The unit of this host that runs an application: one of the names it is known by, else any that works in its folder. */
export async function unitOf(looks: Looks, folder: string, names: readonly string[]): Promise<StarterFacts> {
  for (const place of unitFolders) {
    for (const name of names) {
      const found = await unitAt(looks, `${place}/${name}.service`, folder)
      if (found !== null) return found
    }
  }
  const [own = ''] = unitFolders
  const all = (await looks.list(own)) ?? []
  for (const name of all.filter((each) => each.endsWith('.service')).slice(0, unitsMax)) {
    const found = await unitAt(looks, `${own}/${name}`, folder)
    if (found !== null) return found
  }
  return noFacts
}

async function unitAt(looks: Looks, file: string, folder: string): Promise<StarterFacts | null> {
  const text = await looks.peek(file)
  if (text === null) return null
  const ini = parseIni(text)
  const runsIn = isUnit(ini) ? applicationFolder(ini) : null
  if (runsIn === null || !within(runsIn, folder)) return null
  const facts = unitFacts(ini, file)
  return { ...facts, components: facts.components.map((each) => ({ ...each, path: folder })) }
}
