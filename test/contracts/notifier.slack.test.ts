import { expect } from 'vitest'
import { slackNotifier } from '../../src/notifiers/slack/index.ts'
import { notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

interface Text {
  readonly type: string
  readonly text: string
  readonly verbatim?: boolean
}
interface Body {
  readonly text: string
  readonly mrkdwn: boolean
  readonly blocks: readonly { readonly type: string; readonly text?: Text; readonly elements?: readonly Text[] }[]
}

const bodyOf = ({ body }: Posted) => JSON.parse(body) as Body
const textsOf = (body: Body) =>
  body.blocks.flatMap(({ text, elements }) => [...(text ? [text] : []), ...(elements ?? [])])
const limits: Readonly<Record<string, number>> = { header: 150, section: 3000, context: 3000 }

notifierContract({
  kind: 'slack',
  make: slackNotifier,
  receive: () => httpReceiver(),
  config: (port) => ({
    spec: { type: 'slack', url: { env: 'SLACK' } },
    secrets: { SLACK: `http://127.0.0.1:${port}/services/T0SECRET1/B0SECRET2/abcdefSECRETghij` },
  }),
  text: (posted) =>
    textsOf(bodyOf(posted))
      .map(({ text }) => text)
      .join('\n'),
  id: null,
  shape(posted) {
    expect(posted).toMatchObject({ method: 'POST', path: '/services/T0SECRET1/B0SECRET2/abcdefSECRETghij' })
    expect(posted.headers['content-type']).toBe('application/json')
    const body = bodyOf(posted)
    expect(body.text).not.toMatch(/[<>]/)
    expect(body.blocks.length).toBeLessThanOrEqual(50)
    for (const { type, text, elements } of body.blocks) {
      for (const each of [...(text ? [text] : []), ...(elements ?? [])]) {
        expect(each.text.length).toBeGreaterThan(0)
        expect(each.text.length).toBeLessThanOrEqual(limits[type] ?? 0)
        // No escape was cut in two.
        expect(each.text.replaceAll(/&(?:amp|lt|gt);/g, '')).not.toContain('&')
        if (each.type === 'plain_text') expect(each.text).not.toMatch(/[<>]/)
        else
          expect(each).toMatchObject({
            verbatim: true,
            text: expect.stringMatching(/^(?:<https?:[^<>|]*\|[^<>|]*>(?: · )?)+$/),
          })
      }
    }
  },
})
