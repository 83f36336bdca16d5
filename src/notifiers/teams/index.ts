import type { Message } from '../../core/notify/event.ts'
import type { NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { type Notice, noticeOf, type Tone } from '../../protocol/notice.ts'
import { type TeamsConfig, teamsSchema } from './schema.ts'

const colours: Readonly<Record<Tone, string>> = { info: 'Accent', good: 'Good', warn: 'Warning', bad: 'Attention' }

export function teamsNotifier({ poster, secrets }: NotifierDeps): Notifier<TeamsConfig> {
  return {
    kind: 'teams',
    config: teamsSchema,
    async send({ url }, message, { language, signal }) {
      const body = teamsBody(noticeOf(message, language), message)
      await poster.post(await secrets.read(url), JSON.stringify(body), { signal })
    },
  }
}

/** What a workflow "when a webhook request is received" takes: a message with one Adaptive Card. */
function teamsBody({ tone, title, lines, notes, links }: Notice, { host }: Message) {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    fallbackText: title,
    body: [
      rich([{ text: title, weight: 'Bolder', size: 'Medium', color: colours[tone] }]),
      ...lines.map((text) => rich([{ text }])),
      ...(notes === null
        ? []
        : notes
            .split('\n')
            .filter((line) => line.trim() !== '')
            .map((text) => rich([{ text }]))),
      rich([{ text: `Belay · ${host}`, isSubtle: true, size: 'Small' }]),
    ],
    actions: links.map(({ label, url }) => ({ type: 'Action.OpenUrl', title: label, url })),
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] }
}

/** Runs of rich text are shown as they stand; the text of a TextBlock would be read as Markdown. */
function rich(runs: readonly { readonly text: string; readonly [style: string]: string | boolean }[]) {
  return { type: 'RichTextBlock', inlines: runs.map((run) => ({ type: 'TextRun', ...run })) }
}
