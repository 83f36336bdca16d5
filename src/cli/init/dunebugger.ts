import { noFacts, type StarterFacts } from './facts.ts'
import { type Ini, last } from './ini.ts'

const section = 'Updater'

export function isDunebuggerConf(ini: Ini): boolean {
  return ini.has(section)
}

/** The `[Updater]` section of DuneBugger: its core is an archive release, everything else there is a container. */
export function dunebuggerFacts(ini: Ini, file: string): StarterFacts {
  const account = last(ini, section, 'githubAccount') ?? 'marco-svitol'
  const hours = Number(last(ini, section, 'updateCheckIntervalHours') ?? Number.NaN)
  const compose = last(ini, section, 'dockerComposePath')
  return {
    ...noFacts,
    components: [
      {
        name: 'core',
        github: {
          repo: `${account}/dunebugger`,
          asset: 'dunebugger-{version}.tar.gz',
          prereleases: last(ini, section, 'includePrerelease')?.toLowerCase() === 'true',
        },
        path: last(ini, section, 'coreInstallPath') ?? '/opt/dunebugger/core',
        unit: 'dunebugger',
        user: null,
        preserve: ['app/config/**'],
      },
    ],
    check: Number.isInteger(hours) && hours > 0 ? { every: `${hours}h`, why: 'how often the sources are asked' } : null,
    backupPath: last(ini, section, 'backupPath'),
    readFrom: [file],
    elsewhere: compose === null ? [] : [compose],
  }
}
