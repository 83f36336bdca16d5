import type { Message } from '../../core/notify/event.ts'
import type { NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { cut, type Notice, noticeOf, type Tone } from '../../protocol/notice.ts'
import { type DiscordConfig, discordSchema } from './schema.ts'

const titleCharsMax = 256
const descriptionCharsMax = 4096

const colours: Readonly<Record<Tone, number>> = { info: 0x3b82f6, good: 0x16a34a, warn: 0xd97706, bad: 0xdc2626 }

export function discordNotifier({ poster, secrets }: NotifierDeps): Notifier<DiscordConfig> {
  return {
    kind: 'discord',
    config: discordSchema,
    async send({ url }, message, { language, signal }) {
      const body = discordBody(noticeOf(message, language), message)
      await poster.post(await secrets.read(url), JSON.stringify(body), { signal })
    },
  }
}

function discordBody({ tone, title, lines, notes, links }: Notice, { at, host }: Message) {
  const addresses = links.map(({ label, url }) => `[${escaped(label)}](${urlText(url)})`).join(' · ')
  const paragraphs = [...lines, ...(notes === null ? [] : ['', notes])].map(escaped).join('\n')
  const room = descriptionCharsMax - addresses.length - 2
  return {
    username: 'Belay',
    // Whatever a release says, it calls nobody.
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: cutEscaped(escaped(title), titleCharsMax),
        description: `${cutEscaped(paragraphs, room)}${addresses === '' ? '' : `\n\n${addresses}`}`,
        color: colours[tone],
        timestamp: at,
        footer: { text: host },
      },
    ],
  }
}

/** Discord takes a backslash before any punctuation for "as it stands". */
function escaped(text: string): string {
  return text.replaceAll(/[\\*_~`|>#+\-[\]()<:@!]/g, '\\$&')
}

/** No lone backslash at the end, which would take the next character with it. */
function cutEscaped(text: string, charsMax: number): string {
  if (text.length <= charsMax) return text
  const kept = cut(text, charsMax).slice(0, -1)
  const backslashes = /\\*$/.exec(kept)?.[0].length ?? 0
  return `${backslashes % 2 === 1 ? kept.slice(0, -1) : kept}…`
}

function urlText(url: string): string {
  return url.replaceAll('(', '%28').replaceAll(')', '%29')
}
