import type { NotifierDeps } from '../../host/notify.ts'
import type { Notifier } from '../../ports/notifier.ts'
import { cut, noticeOf, plainText } from '../../protocol/notice.ts'
import { type TelegramConfig, telegramSchema } from './schema.ts'

const textCharsMax = 4096

/** Without a parse mode Telegram takes the text as it stands. The token is part of the address, which no error tells. */
export function telegramNotifier({ poster, secrets }: NotifierDeps): Notifier<TelegramConfig> {
  return {
    kind: 'telegram',
    config: telegramSchema,
    async send({ token, chat, api }, message, { language, signal }) {
      const notice = noticeOf(message, language)
      const body = {
        chat_id: chat,
        text: cut(`${notice.title}\n\n${plainText(notice)}`, textCharsMax),
        link_preview_options: { is_disabled: true },
        disable_notification: notice.tone === 'info' || notice.tone === 'good',
      }
      const bot = encodeURIComponent(await secrets.read(token)).replaceAll('%3A', ':')
      const address = `${api.replace(/\/+$/, '')}/bot${bot}/sendMessage`
      await poster.post(address, JSON.stringify(body), { signal })
    },
  }
}
