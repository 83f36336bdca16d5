import { createHmac } from 'node:crypto'
import { type BelayError, fail } from '../../core/model/problem.ts'
import type { Message } from '../../core/notify/event.ts'
import { cleanText } from '../../core/release/text.ts'
import { addressOf, type NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { noticeOf, webAddress } from '../../protocol/notice.ts'
import { type WebhookConfig, webhookSchema } from './schema.ts'

/** A JSON document for programs, signed as the Standard Webhooks specification says, so that nobody else can pass for Belay. */
export function webhookNotifier({ poster, secrets, clock }: NotifierDeps): Notifier<WebhookConfig> {
  return {
    kind: 'webhook',
    config: webhookSchema,
    async send({ url, secret, token }, message, { language, signal }) {
      const key = keyOf(await secrets.read(secret))
      const address = await addressOf(url, secrets)
      const json = webhookJson(message, language)
      const timestamp = String(Math.floor(clock.now() / 1000))
      const headers = {
        'webhook-id': message.id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${createHmac('sha256', key).update(`${message.id}.${timestamp}.${json}`).digest('base64')}`,
        ...(token === undefined ? {} : { authorization: `Bearer ${await secrets.read(token)}` }),
      }
      await poster.post(address, json, { headers, signal })
    },
  }
}

const textCharsMax = 4000

/** `data` is the event as it is, and its words for people; texts from outside have lost what a terminal would obey. */
function webhookJson(message: Message, language: 'en' | 'de'): string {
  const { event, at, host, page } = message
  const { title, lines, notes } = noticeOf(message, language)
  const url = 'url' in event ? { url: event.url === null ? null : webAddress(event.url), notes } : {}
  const data = { host, page, ...event, ...url, title, text: lines.join('\n') }
  return JSON.stringify({ type: `belay.${event.kind}`, timestamp: at, data }, (_, value: unknown) =>
    typeof value === 'string' ? cleanText(value, textCharsMax) : value,
  )
}

const prefix = 'whsec_'
const [keyBytesMin, keyBytesMax] = [24, 64]

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  const key = Buffer.from(text, 'base64')
  const isBase64 = key.toString('base64').replaceAll('=', '') === text.replaceAll('=', '')
  if (!isBase64 || key.length < keyBytesMin || key.length > keyBytesMax) throw badKey()
  return key
}

function badKey(): BelayError {
  return fail(
    'E_CONFIG_INVALID',
    `The signing secret of this channel is not ${keyBytesMin} to ${keyBytesMax} bytes as base64.`,
    {
      hint: `Make one: echo "${prefix}$(openssl rand -base64 32)", and give the same to the receiver.`,
    },
  )
}
