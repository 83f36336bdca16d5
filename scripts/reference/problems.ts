import { problemCodes, type ProblemCode } from '../../src/core/model/codes.ts'
import { statusOf } from '../../src/api/problem.ts'
import { messagesIn } from '../../src/protocol/messages/render.ts'
import { made, type ReferencePage } from './page.ts'

const header = made('src/protocol/messages')

/** One page for each code of a problem, and a list of them. */
export function problemPages(): readonly ReferencePage[] {
  return [{ path: 'problems/README.md', text: listOfCodes() }, ...problemCodes.map(pageOf)]
}

function pageOf(code: ProblemCode): ReferencePage {
  const [en, de] = [messagesIn('en')[code], messagesIn('de')[code]]
  const text = [
    header,
    `# ${code}`,
    '',
    en.title,
    '',
    `**What to do.** ${en.hint}`,
    '',
    `| where | what you see |`,
    `|---|---|`,
    `| command line | the message, and \`${code}\` in \`--json\` |`,
    `| API | a problem document with status ${statusOf(code)} and \`"code": "${code}"\` |`,
    '',
    `**Auf Deutsch.** ${de.title} ${de.hint}`,
    '',
    '[All codes](README.md)',
    '',
  ].join('\n')
  return { path: `problems/${code}.md`, text }
}

function listOfCodes(): string {
  const rows = problemCodes.map((code) => `| [${code}](${code}.md) | ${messagesIn('en')[code].title} |`)
  const about = [
    'Every failure has a code that never changes its meaning. A message says what happened in this very case and what to do',
    'next; these pages say what the code means in general. A running agent shows them too, under `/docs/problems/CODE`.',
  ]
  return [header, '# Codes of problems', '', ...about, '', '| code | it means |', '|---|---|', ...rows, ''].join('\n')
}
