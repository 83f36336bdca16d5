import { expect } from 'vitest'
import { teamsNotifier } from '../../src/notifiers/teams/index.ts'
import { notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

interface Run {
  readonly type: string
  readonly text: string
}
interface Card {
  readonly type: string
  readonly version: string
  readonly body: readonly { readonly type: string; readonly inlines: readonly Run[] }[]
  readonly actions: readonly { readonly type: string; readonly url: string; readonly title: string }[]
}

const bytesMax = 28 * 1024
const bodyOf = ({ body }: Posted) =>
  JSON.parse(body) as {
    readonly type: string
    readonly attachments: readonly { readonly contentType: string; readonly content: Card }[]
  }
const cardOf = (posted: Posted): Card => {
  const card = bodyOf(posted).attachments[0]?.content
  if (card === undefined) throw new Error('there is no card')
  return card
}

notifierContract({
  kind: 'teams',
  make: teamsNotifier,
  receive: () => httpReceiver(),
  config: (port) => ({
    spec: { type: 'teams', url: { env: 'TEAMS' } },
    secrets: {
      TEAMS: `http://127.0.0.1:${port}/workflows/abcdef0123456789/triggers/manual/paths/invoke?sig=SECRETsignature`,
    },
  }),
  text: (posted) => {
    const { body, actions } = cardOf(posted)
    return [...body.flatMap(({ inlines }) => inlines.map(({ text }) => text)), ...actions.map(({ url }) => url)].join(
      '\n',
    )
  },
  id: null,
  shape(posted) {
    expect(posted).toMatchObject({ method: 'POST', path: expect.stringContaining('?sig=SECRETsignature') })
    const { type, attachments } = bodyOf(posted)
    expect([type, attachments.map(({ contentType }) => contentType)]).toEqual([
      'message',
      ['application/vnd.microsoft.card.adaptive'],
    ])
    expect(Buffer.byteLength(posted.body)).toBeLessThan(bytesMax)
    const card = cardOf(posted)
    expect(card).toMatchObject({ type: 'AdaptiveCard', version: '1.4' })
    // Only runs of rich text: the text of other elements would be read as Markdown.
    for (const each of card.body) {
      expect(each.type).toBe('RichTextBlock')
      for (const run of each.inlines) expect(run).toMatchObject({ type: 'TextRun', text: expect.stringMatching(/\S/) })
    }
    for (const action of card.actions) {
      expect(action).toMatchObject({ type: 'Action.OpenUrl', url: expect.stringMatching(/^https?:/) })
    }
  },
})
