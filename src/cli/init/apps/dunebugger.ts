import { githubApi } from '../address.ts'
import { checkoutOf, wayOf } from '../checkout.ts'
import { isFalse, isTrue } from '../compose/advice.ts'
import { isDunebuggerRemote } from '../compose/facts.ts'
import { type ComponentFacts, noComponent, noFacts, type StarterFacts, weights } from '../facts.ts'
import { joinFacts } from '../join.ts'
import { isThere, type Looks } from '../looks.ts'
import { freshEnvironment } from '../python-environment.ts'
import { unitOf } from '../unit.ts'
import type { UpdaterSettings } from './updater-settings.ts'

const defaults = {
  account: 'marco-svitol',
  hours: 24,
  compose: '/opt/dunebugger/docker-compose.yml',
  core: '/opt/dunebugger/core',
} as const

const root = '/opt/dunebugger'
const pathCharsMax = 1000

/**
 * What DuneBugger's updater was told: its core is an archive release, everything else a container of its compose file.
 * `settings`: of all places together, the one that counts where several say the same.
 */
export async function dunebuggerFacts(looks: Looks, settings: UpdaterSettings): Promise<StarterFacts> {
  const notes: string[] = []
  const take = <T>(name: string, read: (text: string) => T | null, what: string): T | null => {
    const found = settings.get(name.toLowerCase())
    const value = found === undefined ? null : read(found.value)
    if (found !== undefined && value === null) notes.push(`${found.place} is not ${what}: the default is taken`)
    return value
  }
  const account = take(
    'githubAccount',
    (text) => (/^[A-Za-z0-9][\w.-]*$/.test(text) ? text : null),
    'an account of GitHub',
  )
  const prereleases = take('includePrerelease', switchOf, 'True or False') ?? false
  const hours = take('updateCheckIntervalHours', hoursOf, 'a number of hours')
  const compose = take('dockerComposePath', pathOf, 'an absolute path') ?? defaults.compose
  const given = take('coreInstallPath', pathOf, 'an absolute path')
  const backupPath = take('backupPath', pathOf, 'an absolute path')
  const path = await corePath(looks, given)
  const checkout = await checkoutOf(looks, path)
  const git = checkout === null ? null : wayOf(checkout, path)
  const beta = prereleases
    ? []
    : ['every release of DuneBugger so far is a beta: without prereleases: true none is found']
  const core: ComponentFacts = {
    ...noComponent,
    name: 'core',
    known: true,
    aliases: ['dunebugger-core'],
    path,
    ways: [
      {
        origin: {
          kind: 'github',
          repo: `${account ?? defaults.account}/dunebugger`,
          asset: 'dunebugger-{version}.tar.gz',
          prereleases,
          api: githubApi(looks.env),
        },
        why: "DuneBugger's own releases",
        // A checkout holds more than a release does, and was never installed from one.
        weight: git === null ? weights.updater : weights.written,
        notes: beta,
      },
      ...(git === null ? [] : [git]),
    ],
    preserve: ['app/config/**'],
    ...freshEnvironment('.venv', 'an environment of its own: its updater put packages into the system’s'),
    version: { value: { file: 'VERSION' }, why: 'one line or JSON, as its builds write it' },
    backupPath,
    notes,
  }
  const unit = await unitOf(looks, path, ['dunebugger'])
  const check = { every: `${hours ?? defaults.hours}h`, why: 'how often the sources are asked' }
  const facts = { ...noFacts, components: [{ ...core, unit: 'dunebugger' }], check, elsewhere: [compose] }
  return joinFacts([facts, unit])
}

/** Before there was a folder for each part, the core was the whole of /opt/dunebugger. */
async function corePath(looks: Looks, given: string | null): Promise<string> {
  const path = given ?? defaults.core
  if (path !== `${root}/core` || (await isThere(looks, path))) return path
  return (await isThere(looks, `${root}/app/main.py`)) ? root : path
}

function switchOf(text: string): boolean | null {
  return isTrue(text) ? true : isFalse(text) ? false : null
}

function hoursOf(text: string): number | null {
  return /^[1-9]\d{0,3}$/.test(text) ? Number(text) : null
}

function pathOf(text: string): string | null {
  return text.startsWith('/') && text.length > 1 && text.length <= pathCharsMax && !/\p{Cc}/u.test(text)
    ? text.replace(/(?<=.)\/+$/, '')
    : null
}

/** Its updater refused core and scheduler while remote itself had an update. */
export function remoteFirst(facts: StarterFacts): StarterFacts {
  const remote = facts.containers.find(isDunebuggerRemote)
  if (remote === undefined) return facts
  const requires = { value: remote.name, why: 'DuneBugger updates remote first' }
  const components = facts.components.map((each) => (isDunebuggerCore(each) ? { ...each, requires } : each))
  return { ...facts, components }
}

export function isDunebuggerCore({ ways }: Pick<ComponentFacts, 'ways'>): boolean {
  return ways.some(({ origin }) => origin.kind === 'github' && origin.repo.endsWith('/dunebugger'))
}
