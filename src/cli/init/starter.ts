import type { Deployment } from '../../core/detect/deployment.ts'
import { isDunebuggerCore } from './apps/dunebugger.ts'
import { type ContainerFacts, isDunebugger } from './compose/facts.ts'
import { componentLines } from './component-lines.ts'
import { containerLines, leftOutLines, toolLines } from './container-lines.ts'
import { type ComponentFacts, type StarterFacts, waysOf } from './facts.ts'
import { exampleFor, hostLines } from './host.ts'
import { isOwnHost } from './looks.ts'
import { flow, item, line, remark } from './text.ts'

/** A whole `belay.yaml` with the reason beside each choice. It is valid as it stands, also where facts are missing. */
export function starterConfig(facts: StarterFacts, host: Deployment | null = null): string {
  const { components, containers } = facts
  const applications = components.length + containers.length === 0 ? [exampleFor(host)] : components
  const unread = facts.elsewhere.filter((file) => !facts.readFrom.includes(file))
  return [
    '# What belay keeps up to date on this host, and how. Check it with: belay validate',
    ...(facts.readFrom.length === 0 ? [] : remark(`Read from ${facts.readFrom.join(', ')}.`, '')),
    ...(host === null ? [] : hostLines(host).flatMap((sentence) => remark(sentence, ''))),
    ...unread.flatMap((file) =>
      remark(`Note: the containers of ${file} are not part of this file: name it with --from.`, ''),
    ),
    ...facts.notes.flatMap((note) => remark(`Note: ${note}.`, '')),
    ...toolLines(facts.tools),
    'version: 1',
    '',
    ...agentLines(facts),
    'components:',
    ...applications.flatMap(componentLines),
    ...containers.flatMap((each) => containerLines(each, takesPrereleases(each, components))),
    ...leftOutLines(facts.leftOut),
    '',
  ].join('\n')
}

function agentLines(facts: StarterFacts): readonly string[] {
  const { own, others } = plainHosts(facts)
  const allowed =
    own.length === 0 ? [] : [line(`  allow_http: ${flow(own)}`, 'plain http to this very host leaves it never')]
  const refused = others.flatMap((host) =>
    item(
      `${host} is asked over plain http, which anyone on the way can change. Use https, or: allow_http: [ ${flow(host)} ]`,
      '  ',
    ),
  )
  const check = facts.check === null ? [] : ['  check:', line(`    every: ${flow(facts.check.every)}`, facts.check.why)]
  const lines = [...allowed, ...check]
  if (lines.length + refused.length === 0) return []
  return [lines.length === 0 ? '# agent:' : 'agent:', ...lines, ...refused, '']
}

/** Hosts that sources would reach over plain http: this one, and others, which a person has to allow. */
function plainHosts({ components }: StarterFacts) {
  const hosts = components.flatMap((each) => {
    const origin = waysOf(each).chosen?.origin
    const texts = origin === undefined ? [] : [Reflect.get(origin, 'url'), Reflect.get(origin, 'api')]
    return texts.flatMap((text) => {
      const url = typeof text === 'string' ? URL.parse(text) : null
      return url?.protocol === 'http:' ? [url.hostname] : []
    })
  })
  const all = [...new Set(hosts)]
  return { own: all.filter(isOwnHost), others: all.filter((host) => !isOwnHost(host)) }
}

/** What DuneBugger's settings say of its core is meant for its containers, too. */
function takesPrereleases({ image }: ContainerFacts, components: readonly ComponentFacts[]): boolean {
  return isDunebugger(image) && components.some((each) => isDunebuggerCore(each) && hasPrereleases(each))
}

function hasPrereleases({ ways }: ComponentFacts): boolean {
  return ways.some(({ origin }) => origin.kind === 'github' && origin.prereleases)
}
