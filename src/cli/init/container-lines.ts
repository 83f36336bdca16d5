import type { Auto, Reasoned, ToolNotes } from './compose/advice.ts'
import type { ContainerFacts, LeftOut } from './compose/facts.ts'
import { flow, item, line, remark, scalar } from './text.ts'

/**
 * A component for the service of a compose file, with the reason beside each choice. `prereleases`: its project's own
 * updater took them.
 */
export function containerLines(of: ContainerFacts, prereleases: boolean): readonly string[] {
  const [first] = of.files
  return [
    `  ${scalar(of.name)}:`,
    ...remark(`Service ${of.service}, image ${of.written}.`, '    '),
    ...of.notes.flatMap((note) => item(note, '    ')),
    ...source(of, prereleases),
    '    strategy:',
    line('      type: compose', 'the service of a compose file, pulled by digest and put back when it is not well'),
    `      file: ${of.files.length === 1 ? scalar(first) : flow(of.files)}`,
    `      service: ${scalar(of.service)}`,
    ...(of.profiles.length === 0 ? [] : [line(`      profiles: ${flow(of.profiles)}`, 'it is in these alone')]),
    ...reasoned('      stop_grace: ', of.stopGrace, (value) => value),
    ...(of.loose ? [line('    version: { scheme: loose }', `${of.version ?? ''} is no semantic version`)] : []),
    ...(of.aliases.length === 0 ? [] : [line(`    aliases: ${flow(of.aliases)}`, 'also known by this name')]),
    ...policy(of),
    ...requires(of),
    ...data(of),
    ...checks(of),
  ]
}

function source({ image, tag }: ContainerFacts, prereleases: boolean): readonly string[] {
  const github = /^ghcr\.io\/([\w.-]+\/[\w.-]+)$/.exec(image)?.[1]
  const host = image.split('/')[0] ?? ''
  const local =
    image.includes('/') &&
    /^(?:localhost|\d+\.\d+\.\d+\.\d+|[^.]+)(?::\d+)?$/.test(host) &&
    /^localhost|[:.]/.test(host)
  return [
    '    source:',
    line('      type: oci', 'an image in a registry; logins are taken from docker login'),
    `      image: ${scalar(image)}`,
    ...reasoned('      tag: ', tag, quoted),
    ...(prereleases && tag === null ? [line('      prereleases: true', 'beta versions too')] : []),
    ...(github === undefined || tag !== null
      ? []
      : [
          line(
            `      # releases: { type: github, repo: ${github} }`,
            'notes and prerelease marks, if it makes releases there',
          ),
        ]),
    ...(local
      ? remark(`Without TLS it is asked only when it is listed: agent: { allow_http: [ "${host}" ] }`, '      ')
      : []),
  ]
}

/** A tag such as 1.20 would be a number. */
function quoted(text: string): string {
  return /^[\d.]/.test(text) ? JSON.stringify(text) : scalar(text)
}

function policy({ auto, window, hold }: ContainerFacts): readonly string[] {
  return [
    '    policy:',
    ...reasoned('      auto: ', auto, (value: Auto) => value),
    ...reasoned('      window: ', window, ({ cron, timezone }) => {
      const zone = timezone === null ? '' : `, timezone: ${scalar(timezone)}`
      return `{ cron: ${JSON.stringify(cron)}, duration: 1h${zone} }`
    }),
    ...(hold.length === 0
      ? []
      : [line(`      hold: ${flow(hold.map(({ value }) => value))}`, hold.map(({ why }) => why).join('; '))]),
  ]
}

function requires({ requires: needed, startsAfter }: ContainerFacts): readonly string[] {
  const map = (names: readonly string[]) => `{ ${names.map((name) => `${scalar(name)}: "*"`).join(', ')} }`
  if (needed.length > 0) {
    const why = [...new Set(needed.map((each) => each.why))].join('; ')
    return [line(`    requires: ${map(needed.map(({ value }) => value))}`, `${why}: that one is updated first`)]
  }
  if (startsAfter.length === 0) return []
  return [line(`    # requires: ${map(startsAfter)}`, 'compose starts it after these; so may updates come')]
}

const dataMax = 8

function data({ data: all }: ContainerFacts): readonly string[] {
  if (all.length === 0) return []
  const items = all
    .slice(0, dataMax)
    .map(({ kind, at }) => `{ type: ${kind}, ${kind === 'volume' ? 'name' : 'path'}: ${scalar(at)} }`)
  return [
    ...remark('What of these is data of yours: backed up before each update, and back with the old version.', '    '),
    `    # data: [ ${items.join(', ')} ]`,
    ...(all.length > dataMax ? remark(`(${all.length - dataMax} more)`, '    ') : []),
  ]
}

function checks({ hasHealthcheck, port }: ContainerFacts): readonly string[] {
  if (hasHealthcheck) return remark('The healthcheck in the compose file decides whether a new version stays.', '    ')
  const none = 'No healthcheck in the file: a new version stays when it keeps running'
  if (port === null) return remark(`${none}. A healthcheck there, or checks: here, say more.`, '    ')
  return [
    ...remark(`${none}. An address says more:`, '    '),
    `    # checks: { after: [ { type: container_running }, { type: health_endpoint, url: "http://localhost:${port}/" } ] }`,
  ]
}

function reasoned<T>(key: string, of: Reasoned<T> | null, text: (value: T) => string): readonly string[] {
  return of === null ? [] : [line(`${key}${text(of.value)}`, of.why)]
}

/** What was found and is no component, with the reason. */
export function leftOutLines(leftOut: readonly LeftOut[]): readonly string[] {
  if (leftOut.length === 0) return []
  return ['# Left out:', ...leftOut.flatMap(({ service, file, why }) => item(`${service} of ${file}: ${why}`, ''))]
}

export function toolLines(tools: readonly ToolNotes[]): readonly string[] {
  return tools.flatMap(({ service, tool, advice, notes }) => [
    ...remark(`${tool}${service === '' ? '' : ` (service ${service})`}: ${advice}.`, ''),
    ...notes.flatMap((note) => item(note, '')),
  ])
}
