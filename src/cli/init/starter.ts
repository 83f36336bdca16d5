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

const unknown: ComponentFacts = { name: 'app', github: null, path: null, unit: null, user: null }

/** What a file says stays inside its comment. */
function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
}

function agent(facts: StarterFacts): string[] {
  if (facts.checkHours === null) return []
  return ['agent:', '  check:', `    every: ${facts.checkHours}h   # how often the sources are asked`, '']
}

function component(of: ComponentFacts, facts: StarterFacts): string[] {
  const path = of.path ?? `/opt/${of.name}`
  return [
    `  ${of.name}:`,
    ...source(of),
    '    strategy:',
    '      type: directory            # an application unpacked from a release archive',
    `      path: ${scalar(path)}${of.path === null ? '   # change this: where it is, or shall be, installed' : ''}`,
    ...layout(of),
    ...(of.user === null
      ? []
      : [`      user: ${scalar(of.user)}   # owns new files and runs prepare and migrate commands`]),
    '      # preserve: [ "config/**" ]  # your own files inside the application, carried over to each new version',
    '      # prepare: [ [ npm, ci, --omit=dev ] ]  # commands in the new tree, while the old version still runs',
    ...service(of),
    '    version: { file: VERSION }   # where the installed version can be read, inside the path above',
    '    # data: [ { type: sqlite, path: /var/lib/app/app.db } ]  # backed up before every update, verified by reading back',
    ...backups(facts),
    '    trust: { require: checksum } # tls would accept a download that nothing vouches for',
  ]
}

function source(of: ComponentFacts): string[] {
  const github = of.github ?? { repo: 'OWNER/REPOSITORY', asset: `${of.name}-{version}.tar.gz`, prereleases: false }
  const change = of.github === null ? '   # change this' : ''
  return [
    '    source:',
    '      type: github               # also: gitlab, gitea, http (a JSON feed)',
    `      repo: ${scalar(github.repo)}${change}`,
    `      asset: ${scalar(github.asset)}${of.github === null ? '   # change this: the file of a release to install' : ''}`,
    ...(github.prereleases ? ['      prereleases: true          # beta versions too'] : []),
  ]
}

function layout(of: ComponentFacts): string[] {
  if (of.path === null) {
    return [
      '      layout: slots              # releases/<version> and a link to the current one: the old version stays at hand',
    ]
  }
  return [
    '      layout: in-place           # the folder stays where the service expects it; belay adopt moves on to slots',
  ]
}

function service(of: ComponentFacts): string[] {
  if (of.unit !== null)
    return [`      service: { type: systemd, unit: ${scalar(of.unit)} }   # stopped for the switch alone`]
  return [
    '      service: { type: none }    # change this: { type: systemd, unit: NAME } or { type: process, command: [ … ] }',
  ]
}

function backups(facts: StarterFacts): string[] {
  if (facts.backupPath === null) return []
  return [`    backups: { keep: 5, path: [ ${scalar(facts.backupPath)} ] }`]
}

/** Plain where YAML, also in a flow list, cannot read anything else into it; else in double quotes, as JSON. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z0-9/][A-Za-z0-9/._-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|[\d.]+|0x.*)$/i.test(text)
  return plain ? text : JSON.stringify(text)
}
