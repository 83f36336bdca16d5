import { expect } from 'vitest'
import { ntfyNotifier } from '../../src/notifiers/ntfy/index.ts'
import { notifierContract } from './notifier.contract.ts'
import { httpReceiver, type Posted } from './notifier.receivers.ts'

const bodyOf = ({ body }: Posted) =>
  JSON.parse(body) as {
    readonly title: string
    readonly message: string
    readonly click?: string
    readonly priority: number
  }

notifierContract({
  kind: 'ntfy',
  make: ntfyNotifier,
  receive: () => httpReceiver(),
  config: (port) => ({
    spec: { type: 'ntfy', server: `http://127.0.0.1:${port}`, topic: { env: 'TOPIC' }, token: { env: 'TOKEN' } },
    secrets: { TOPIC: 'secret-topic-xyz', TOKEN: 'tk_agQdq7mVBoFD37zQVN29RhuMzNIz2' },
  }),
  text: (posted) => {
    const { title, message, click } = bodyOf(posted)
    return `${title}\n${message}\n${click ?? ''}`
  },
  id: null,
  shape(posted) {
    expect(posted).toMatchObject({ method: 'POST', path: '/' })
    expect(posted.headers['authorization']).toBe('Bearer tk_agQdq7mVBoFD37zQVN29RhuMzNIz2')
    const body = bodyOf(posted)
    expect(body).toMatchObject({
      topic: 'secret-topic-xyz',
      title: expect.stringMatching(/^[^\n]{1,150}$/),
      tags: [expect.any(String)],
    })
    expect(body.priority).toBeGreaterThanOrEqual(1)
    expect(body.priority).toBeLessThanOrEqual(5)
    expect(Buffer.byteLength(body.message)).toBeLessThanOrEqual(4096)
    expect(body.message).not.toContain('\uFFFD')
    expect(body).not.toHaveProperty('markdown')
    if (body.click !== undefined) expect(body.click).toMatch(/^https?:/)
  },
})
