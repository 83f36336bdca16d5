import type { ComponentFacts, StarterFacts } from './facts.ts'

/** A whole `belay.yaml` with the reason beside each choice. It is valid as it stands, also where facts are missing. */
export function starterConfig(facts: StarterFacts): string {
  const components = facts.components.length === 0 ? [unknown] : facts.components
  return [
    '# What belay keeps up to date on this host, and how. Check it with: belay validate',
    ...(facts.readFrom.length === 0 ? [] : [`# Read from ${facts.readFrom.map(oneLine).join(', ')}.`]),
    ...facts.notes.map((note) => `# Note: ${oneLine(note)}.`),
    'version: 1',
    '',
    ...agent(facts),
    'components:',
    ...components.flatMap((each) => component(each, facts)),
    '',
  ].join('\n')
}

const unknown: ComponentFacts = { name: 'app', github: null, path: null, unit: null, user: null, preserve: [] }

/** What a file says stays inside its comment. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

const commentColumn = 36

function line(text: string, why: string): string {
  return `${text.padEnd(commentColumn)} # ${why}`
}

function agent(facts: StarterFacts): string[] {
  if (facts.checkHours === null) return []
  return ['agent:', '  check:', line(`    every: ${facts.checkHours}h`, 'how often the sources are asked'), '']
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
    line('    trust: { require: checksum }', 'tls would accept a download that nothing vouches for'),
  ]
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

/** Plain where YAML, also in a flow list, cannot read anything else into it; else in double quotes, as JSON. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z0-9/][A-Za-z0-9/._-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|[\d.]+|0x.*)$/i.test(text)
  return plain ? text : JSON.stringify(text)
}
