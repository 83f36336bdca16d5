import { expect } from 'vitest'
import { telegramNotifier } from '../../src/notifiers/telegram/index.ts'
import { notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

const token = '123456789:AAF-SECRETsecretSECRETsecretSECRET_x'
const bodyOf = ({ body }: Posted) => JSON.parse(body) as { readonly chat_id: unknown; readonly text: string }

notifierContract({
  kind: 'telegram',
  make: telegramNotifier,
  receive: () => httpReceiver(0, { ok: '{"ok":true}', no: `{"ok":false,"description":"no bot ${token}"}` }),
  config: (port) => ({
    spec: { type: 'telegram', api: `http://127.0.0.1:${port}`, chat: -1001234567890, token: { env: 'BOT' } },
    secrets: { BOT: token },
  }),
  text: (posted) => bodyOf(posted).text,
  id: null,
  shape(posted) {
    expect(posted).toMatchObject({ method: 'POST', path: `/bot${token}/sendMessage` })
    const body = bodyOf(posted)
    expect(body).toMatchObject({ chat_id: -1001234567890, link_preview_options: { is_disabled: true } })
    // Text as it stands: nothing in it is looked at.
    expect(body).not.toHaveProperty('parse_mode')
    expect(body).not.toHaveProperty('entities')
    expect(body.text.length).toBeLessThanOrEqual(4096)
  },
})
