import type { Candidate, Conflict, Deployment, Evidence, Limit, StrategyChoice } from '../../core/detect/deployment.ts'
import { wrap } from '../terminal/width.ts'
import { hostSentence, kindWord, limitText, reasonOf, strategyName } from './detect-words.ts'
import type { Reader } from './problem.ts'
import { facts } from './table.ts'

/** What this host is in one sentence, why it is that, what fits, what would not work, and where applications are. */
export function detectLines(host: Deployment, reader: Reader): string[] {
  return [
    ...wrap(reader.look.paint('strong', reader.look.text(hostSentence(host))), reader.look.columns, ''),
    ...development(host, reader),
    ...evidenceLines(host.evidence, reader),
    ...host.conflicts.flatMap((each) => conflictLines(each, reader)),
    ...unreadable(host, reader),
    ...strategies(host, reader),
    ...limits(host.limits, reader),
    ...applications(host.applications, reader),
    'Next: belay init',
  ]
}

function development({ development: found }: Deployment, { look }: Reader): string[] {
  if (found === null) return []
  const changes = `${found.changes} ${found.changes === 1 ? 'change' : 'changes'}`
  return wrap(look.text(`${found.path} is a checkout with ${changes}, and nothing runs from it.`), look.columns, '')
}

function evidenceLines(evidence: readonly Evidence[], { look }: Reader): string[] {
  return facts(
    evidence.map((each) => [placeOf(each), each.value]),
    look,
  )
}

function placeOf(evidence: Evidence): string {
  return 'file' in evidence ? evidence.file : evidence.program
}

function conflictLines({ claim, evidence, against }: Conflict, { look }: Reader): string[] {
  const places = [...new Set(evidence.map(placeOf))].join(', ')
  const sentence = `${places} ${evidence.length === 1 ? 'says' : 'say'} ${kindWord(claim)}, and that is contradicted: ${against
    .map((each) => `${placeOf(each)} ${each.value}`)
    .join('; ')}`
  return wrap(look.paint('warn', look.text(`conflict: ${sentence}`)), look.columns, '  ')
}

function unreadable({ unreadable: found }: Deployment, { look }: Reader): string[] {
  if (found.length === 0) return []
  const list = found.map(({ what, errno }) => `${what} (${errno})`).join(', ')
  return wrap(look.paint('quiet', look.text(`not readable: ${list}`)), look.columns, '  ')
}

function strategies({ strategy, fits }: Deployment, { look }: Reader): string[] {
  const line = (choice: StrategyChoice): string[] =>
    wrap(look.text(`${strategyName(choice)} ${look.glyph.dash} ${reasonOf(choice.why)}`), look.columns, '  ')
  return [look.paint('strong', 'Fits best'), ...line(strategy), ...heading('Works too', fits.flatMap(line), look)]
}

function limits(found: readonly Limit[], { look }: Reader): string[] {
  const lines = found.flatMap((limit) => {
    const { message, hint } = limitText(limit)
    return [
      ...wrap(look.text(`${look.glyph.failed} ${message}`), look.columns, '  '),
      ...wrap(look.text(hint), look.columns, '    '),
    ]
  })
  return heading('Would not work', lines, look)
}

function applications(found: readonly Candidate[], { look }: Reader): string[] {
  const lines = found.flatMap((each) => [
    ...hanging(`${look.text(each.path)}${about(each, look.glyph.dot)}`, look),
    ...each.evidence.flatMap((evidence) =>
      wrap(look.paint('quiet', look.text(`${placeOf(evidence)}: ${evidence.value}`)), look.columns, '    '),
    ),
  ])
  if (lines.length > 0) return heading('Applications that may be here', lines, look)
  return ['No application was found at the usual places.']
}

/** What does not fit goes on further in, so that it is not taken for the next one. */
function hanging(text: string, look: Reader['look']): string[] {
  const [first = '', ...rest] = wrap(text, look.columns, '  ')
  return rest.length === 0 ? [first] : [first, ...wrap(rest.map((line) => line.trim()).join(' '), look.columns, '    ')]
}

function about({ unit, running, git, writable, parentWritable }: Candidate, dot: string): string {
  const words = [
    ...(unit === null ? [] : [unit]),
    ...(running ? ['running'] : []),
    ...(git ? ['git'] : []),
    ...(writable === false ? ['not writable'] : parentWritable === false ? ['writable, the folder above is not'] : []),
  ]
  return words.length === 0 ? '' : `  ${words.join(` ${dot} `)}`
}

function heading(title: string, lines: readonly string[], look: Reader['look']): string[] {
  return lines.length === 0 ? [] : [look.paint('strong', title), ...lines]
}
