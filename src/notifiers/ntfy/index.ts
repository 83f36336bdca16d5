import { fail } from '../../core/model/problem.ts'
import { addressOf, type NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { noticeOf, plainText, type Tone } from '../../protocol/notice.ts'
import { type NtfyConfig, ntfySchema } from './schema.ts'

/** A longer one would be turned into a file. */
const messageBytesMax = 4000

const looks: Readonly<Record<Tone, { readonly priority: number; readonly tags: readonly string[] }>> = {
  info: { priority: 3, tags: ['package'] },
  good: { priority: 3, tags: ['white_check_mark'] },
  warn: { priority: 4, tags: ['leftwards_arrow_with_hook'] },
  bad: { priority: 5, tags: ['warning'] },
}

/** Published as JSON to the server's root: title and text stand in the body, where no line end can add a header. */
export function ntfyNotifier({ poster, secrets }: NotifierDeps): Notifier<NtfyConfig> {
  return {
    kind: 'ntfy',
    config: ntfySchema,
    async send({ server, topic, token }, message, { language, signal }) {
      const notice = noticeOf(message, language)
      const body = {
        topic: topicOf(await addressOf(topic, secrets)),
        title: notice.title,
        message: cutBytes(plainText(notice), messageBytesMax),
        ...looks[notice.tone],
        ...(notice.links[0] === undefined ? {} : { click: notice.links[0].url }),
      }
      const headers = token === undefined ? {} : { authorization: `Bearer ${await secrets.read(token)}` }
      await poster.post(new URL(server).href, JSON.stringify(body), { headers, signal })
    },
  }
}

/** The server's error would repeat it. */
function topicOf(text: string): string {
  if (/^[-_A-Za-z0-9]{1,64}$/.test(text)) return text
  throw fail('E_CONFIG_INVALID', 'The topic of this channel is none: it has letters, digits, "-" and "_", at most 64.')
}

function cutBytes(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= bytesMax) return text
  // Half a character at the end becomes a mark of its own, which is taken off with the rest.
  return `${bytes
    .subarray(0, bytesMax - 3)
    .toString()
    .replace(/\uFFFD+$/, '')}…`
}
