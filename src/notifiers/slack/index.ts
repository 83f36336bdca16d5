import type { Message } from '../../core/notify/event.ts'
import type { NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { cut, type Notice, noticeOf } from '../../protocol/notice.ts'
import { type SlackConfig, slackSchema } from './schema.ts'

const headerCharsMax = 150
const sectionCharsMax = 3000

export function slackNotifier({ poster, secrets }: NotifierDeps): Notifier<SlackConfig> {
  return {
    kind: 'slack',
    config: slackSchema,
    async send({ url }, message, { language, signal }) {
      const body = slackBody(noticeOf(message, language), message)
      await poster.post(await secrets.read(url), JSON.stringify(body), { signal })
    },
  }
}

/** Text from outside stands in plain text objects, where no markup is read; `text` is for lists of notifications. */
function slackBody({ title, lines, notes, links }: Notice, { host }: Message) {
  const section = (text: string) => ({ type: 'section', text: plain(text, sectionCharsMax) })
  return {
    text: escaped(title),
    mrkdwn: false,
    blocks: [
      { type: 'header', text: plain(title, headerCharsMax) },
      section(lines.join('\n')),
      ...(notes === null ? [] : [section(notes)]),
      ...(links.length === 0 ? [] : [linkSection(links)]),
      { type: 'context', elements: [plain(`Belay · ${host}`, headerCharsMax)] },
    ],
  }
}

/** Slack reads `&amp;`, `&lt;` and `&gt;` here, and wants these three characters written so. */
function plain(text: string, charsMax: number) {
  // Cut so that it fits escaped, and no escape is cut in two.
  let fitting = cut(text, charsMax)
  while (escaped(fitting).length > charsMax) {
    fitting = cut(fitting, fitting.length - Math.max(1, Math.ceil((escaped(fitting).length - charsMax) / 4)))
  }
  return { type: 'plain_text', text: escaped(fitting), emoji: false }
}

function linkSection(links: Notice['links']) {
  const text = links.map(({ label, url }) => `<${escaped(url).replaceAll('|', '%7C')}|${escaped(label)}>`).join(' · ')
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }
}

/** `<!channel>` and `<@U1>` would call people, `<https://…|text>` would lead elsewhere than it says. */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
