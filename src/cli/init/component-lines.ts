import { type ComponentFacts, type Origin, type Way, waysOf } from './facts.ts'
import {
  type Entry,
  entry,
  entryLines,
  flow,
  item,
  line,
  reasoned,
  remark,
  scalar,
  together,
  type Value,
} from './text.ts'
import { isDirectory, originEntries, strategyEntries } from './spec-entries.ts'

/** A component for an application in a folder, with the reason beside each choice. Valid also where facts are missing. */
export function componentLines(of: ComponentFacts): readonly string[] {
  const { chosen, others } = waysOf(of)
  const kind = chosen?.origin.kind ?? 'github'
  return [
    `  ${scalar(of.name)}:`,
    ...[...of.notes, ...(chosen?.notes ?? [])].flatMap((note) => item(note, '    ')),
    '    source:',
    ...sourceEntries(of, chosen).flatMap((each) => entryLines(each, '      ')),
    '    strategy:',
    ...strategyLines(of, kind),
    ...others.flatMap((way) => alternative(of, way)),
    ...versionLines(of, kind),
    ...one('aliases', of.aliases.length === 0 ? null : { value: of.aliases, why: 'also known by these names' }),
    ...dataLines(of),
    ...healthLines(of),
    ...policyLines(of),
    ...one('check', of.every === null ? null : { value: { every: of.every.value }, why: of.every.why }),
    ...backupLines(of),
    ...one('requires', of.requires === null ? null : { value: { [of.requires.value]: '*' }, why: of.requires.why }),
    ...trustLines(chosen),
  ]
}

function one(key: string, of: { readonly value: Value; readonly why: string } | null): readonly string[] {
  return of === null ? [] : entryLines(entry(key, of.value, of.why), '    ')
}

function sourceEntries(of: ComponentFacts, way: Way | null): readonly Entry[] {
  if (way === null) {
    return [
      entry('type', 'github', 'also: gitlab, gitea, http (a JSON feed), git'),
      entry('repo', 'OWNER/REPOSITORY', 'change this'),
      entry('asset', `${of.name}-{version}.tar.gz`, 'change this: the file of a release that is installed'),
    ]
  }
  return originEntries(way.origin, way.why)
}

function strategyLines(of: ComponentFacts, kind: Origin['kind']): readonly string[] {
  return [
    ...strategyEntries(of, kind).flatMap((each) => entryLines(each, '      ')),
    ...(isDirectory(kind) && of.preserve.length === 0
      ? [line('      # preserve: [ "config/**" ]', 'your own files inside it, carried over to each new version')]
      : []),
    ...(of.prepare.length > 0 || !isDirectory(kind)
      ? []
      : [line('      # prepare: [ [ npm, ci ] ]', 'commands in the new tree, while the old version still runs')]),
  ]
}

/** Whole lines that can take the place of the two above. */
function alternative(of: ComponentFacts, { origin, why, notes }: Way): readonly string[] {
  return [
    ...remark(`Or, in place of the source and strategy above: ${why}.`, '    '),
    ...notes.flatMap((note) => item(note, '    ')),
    `    # source: ${flow(together(originEntries(origin, why)))}`,
    `    # strategy: ${flow(together(strategyEntries(of, origin.kind)))}`,
  ]
}

/** Where commits are followed, the commit is the version, and the strategy knows it. */
function versionLines({ version, buildDate }: ComponentFacts, kind: Origin['kind']): readonly string[] {
  if (!isDirectory(kind)) return one('build_date', buildDate)
  const fallback = { value: { file: 'VERSION' }, why: 'where the installed version can be read, inside the path above' }
  return [...one('version', version ?? fallback), ...one('build_date', buildDate)]
}

function dataLines({ data }: ComponentFacts): readonly string[] {
  if (data.length === 0)
    return [
      line('    # data: [ { type: sqlite, path: /var/lib/app.db } ]', 'backed up before every update and read back'),
    ]
  return ['    data:', ...data.flatMap(({ value, why }) => reasoned(`      - ${flow(value)}`, why, '      '))]
}

function healthLines({ health, unit }: ComponentFacts): readonly string[] {
  if (health === null) return []
  const after = [...(unit === null ? [] : [{ type: 'service_active' }]), health]
  return [...remark('An address says more than a process that runs:', '    '), `    # checks: ${flow({ after })}`]
}

function policyLines({ auto, window }: ComponentFacts): readonly string[] {
  if (auto === null) return []
  return [
    '    policy:',
    ...entryLines(entry('auto', auto.value, auto.why), '      '),
    ...(window === null
      ? []
      : auto.value === 'none'
        ? [line(`      # window: ${flow(window.value)}`, `${window.why}; for auto: all`)]
        : entryLines(entry('window', window.value, window.why), '      ')),
  ]
}

function backupLines({ keep, backupPath }: ComponentFacts): readonly string[] {
  if (keep === null && backupPath === null) return []
  const value = { keep: keep?.value ?? 5, ...(backupPath === null ? {} : { path: [backupPath] }) }
  return entryLines(entry('backups', value, keep?.why ?? 'the newest five are kept'), '    ')
}

/** Commits and generated archives have nothing but the connection that vouches for them. */
function trustLines(way: Way | null): readonly string[] {
  const asset = way === null ? '' : 'asset' in way.origin ? way.origin.asset : null
  if (asset === 'source-tar' || (asset === null && way?.origin.kind !== 'http')) return []
  return [line('    trust: { require: checksum }', 'tls would accept a download that nothing vouches for')]
}
