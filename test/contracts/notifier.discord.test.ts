import { expect } from 'vitest'
import { discordNotifier } from '../../src/notifiers/discord/index.ts'
import { notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

interface Body {
  readonly allowed_mentions: unknown
  readonly content?: string
  readonly embeds: readonly {
    readonly title: string
    readonly description: string
    readonly footer: { readonly text: string }
  }[]
}

const bodyOf = ({ body }: Posted) => JSON.parse(body) as Body
/** As Discord shows it: a backslash before punctuation vanishes. */
const shown = (text: string) => text.replaceAll(/\\([^0-9A-Za-z\s])/g, '$1')

notifierContract({
  kind: 'discord',
  make: discordNotifier,
  receive: () => httpReceiver(),
  config: (port) => ({
    spec: { type: 'discord', url: { env: 'DISCORD' } },
    secrets: { DISCORD: `http://127.0.0.1:${port}/api/webhooks/123456789012345678/SECRET-token_value` },
  }),
  text: (posted) => {
    const [embed] = bodyOf(posted).embeds
    return shown(`${embed?.title}\n${embed?.description}\n${embed?.footer.text}`)
  },
  id: null,
  shape(posted) {
    expect(posted).toMatchObject({ method: 'POST', path: '/api/webhooks/123456789012345678/SECRET-token_value' })
    expect(posted.headers['content-type']).toBe('application/json')
    const { allowed_mentions, content, embeds } = bodyOf(posted)
    expect([allowed_mentions, content]).toEqual([{ parse: [] }, undefined])
    const [embed] = embeds
    if (embed === undefined) throw new Error('there is no embed')
    expect(embed.title.length).toBeLessThanOrEqual(256)
    expect(embed.description.length).toBeLessThanOrEqual(4096)
    expect(embed.title.length + embed.description.length + embed.footer.text.length).toBeLessThanOrEqual(6000)
    // What is left when escapes are taken out has no markup, but for our own links at the end.
    const bare = (text: string) => text.replaceAll(/\\[^0-9A-Za-z\s]/g, '')
    const ours = /\[[^\][]*\]\(https?:[^()]*\)/g
    expect(bare(embed.title)).not.toMatch(/[\\*_~`|<>[\]@]/)
    expect(bare(embed.description.replaceAll(ours, ''))).not.toMatch(/[\\*_~`|<>[\]@]/)
    expect([...embed.description.matchAll(ours)].every(([link]) => !link.includes('evil'))).toBe(true)
  },
})
