import { type ContainerFacts, isDunebugger, isDunebuggerRemote } from './compose/facts.ts'
import { containerLines, leftOutLines, toolLines } from './container-lines.ts'
import type { ComponentFacts, StarterFacts } from './facts.ts'
import { line, remark, scalar } from './text.ts'

/** A whole `belay.yaml` with the reason beside each choice. It is valid as it stands, also where facts are missing. */
export function starterConfig(facts: StarterFacts): string {
  const { components, containers } = facts
  const archives = components.length + containers.length === 0 ? [unknown] : components
  const unread = facts.elsewhere.filter((file) => !facts.readFrom.includes(file))
  return [
    '# What belay keeps up to date on this host, and how. Check it with: belay validate',
    ...(facts.readFrom.length === 0 ? [] : remark(`Read from ${facts.readFrom.join(', ')}.`, '')),
    ...unread.flatMap((file) =>
      remark(`Note: the containers of ${file} are not part of this file: name it with --from.`, ''),
    ),
    ...facts.notes.flatMap((note) => remark(`Note: ${note}.`, '')),
    ...toolLines(facts.tools),
    'version: 1',
    '',
    ...agent(facts),
    'components:',
    ...archives.flatMap((each) => component(each, facts)),
    ...containers.flatMap((each) => containerLines(each, takesPrereleases(each, components))),
    ...leftOutLines(facts.leftOut),
    '',
  ].join('\n')
}

const unknown: ComponentFacts = { name: 'app', github: null, path: null, unit: null, user: null, preserve: [] }

function agent({ check }: StarterFacts): string[] {
  if (check === null) return []
  return [
    'agent:',
    '  check:',
    line(`    every: ${/\s/.test(check.every) ? JSON.stringify(check.every) : check.every}`, check.why),
    '',
  ]
}

function component(of: ComponentFacts, facts: StarterFacts): string[] {
  return [
    `  ${scalar(of.name)}:`,
    ...source(of),
    '    strategy:',
    line('      type: directory', 'an application unpacked from a release archive'),
    ...place(of),
    ...(of.user === null
      ? []
      : [line(`      user: ${scalar(of.user)}`, 'owns new files, and runs prepare and migrate commands')]),
    line(...preserve(of)),
    line('      # prepare: [ [ npm, ci ] ]', 'commands in the new tree, while the old version still runs'),
    line(...service(of)),
    line('    version: { file: VERSION }', 'where the installed version can be read, inside the path above'),
    line('    # data: [ { type: sqlite, path: /var/lib/app.db } ]', 'backed up before every update and read back'),
    ...(facts.backupPath === null
      ? []
      : [line(`    backups: { keep: 5, path: [ ${scalar(facts.backupPath)} ] }`, 'the newest five are kept')]),
    ...requires(of, facts),
    line('    trust: { require: checksum }', 'tls would accept a download that nothing vouches for'),
  ]
}

/** What DuneBugger's settings say of its core is meant for its containers, too. */
function takesPrereleases({ image }: ContainerFacts, components: readonly ComponentFacts[]): boolean {
  const core = components.find(({ github }) => github?.repo.endsWith('/dunebugger') === true)
  return core?.github?.prereleases === true && isDunebugger(image)
}

/** DuneBugger's core is refused by its updater while remote itself has an update. */
function requires({ github }: ComponentFacts, { containers }: StarterFacts): string[] {
  const remote = containers.find(isDunebuggerRemote)
  if (remote === undefined || github?.repo.endsWith('/dunebugger') !== true) return []
  return [line(`    requires: { ${scalar(remote.name)}: "*" }`, 'DuneBugger updates remote first')]
}

function source(of: ComponentFacts): string[] {
  const kind = line('      type: github', 'also: gitlab, gitea, http (a JSON feed)')
  if (of.github === null) {
    return [
      '    source:',
      kind,
      line('      repo: OWNER/REPOSITORY', 'change this'),
      line(
        `      asset: ${scalar(`${of.name}-{version}.tar.gz`)}`,
        'change this: the file of a release that is installed',
      ),
    ]
  }
  const { repo, asset, prereleases } = of.github
  return [
    '    source:',
    kind,
    `      repo: ${scalar(repo)}`,
    line(`      asset: ${scalar(asset)}`, 'the file of a release that is installed'),
    ...(prereleases ? [line('      prereleases: true', 'beta versions too')] : []),
  ]
}

function place(of: ComponentFacts): string[] {
  if (of.path === null) {
    return [
      line(`      path: /opt/${of.name}`, 'change this: where it shall be installed'),
      line('      layout: slots', 'releases/<version> and a link to the current one: the old version stays at hand'),
    ]
  }
  return [
    `      path: ${scalar(of.path)}`,
    line('      layout: in-place', 'the folder stays where the service expects it; belay adopt moves on to slots'),
  ]
}

function preserve(of: ComponentFacts): [string, string] {
  const why = 'your own files inside the application, carried over to each new version'
  if (of.preserve.length === 0) return ['      # preserve: [ "config/**" ]', why]
  return [`      preserve: [ ${of.preserve.map(scalar).join(', ')} ]`, why]
}

function service(of: ComponentFacts): [string, string] {
  if (of.unit !== null)
    return [`      service: { type: systemd, unit: ${scalar(of.unit)} }`, 'stopped for the switch alone']
  return [
    '      service: { type: none }',
    'change this: { type: systemd, unit: NAME }, or { type: process, command: [ … ] }',
  ]
}
