import { expect } from 'vitest'
import { digestSchema } from '../../src/core/model/names.ts'
import { registryUser } from '../e2e/bed/registry.ts'
import {
  type EngineCase,
  expectFailure,
  failureOf,
  must,
  never,
  present,
  pull,
  push,
} from './container-engine.support.ts'

export const imageCases: readonly EngineCase[] = [
  {
    name: 'when it is asked what it is then it says so, and where its files are',
    check: async ({ engine }) => {
      const version = await engine.version(never)
      expect(version).toMatchObject({ name: engine.name, platform: { os: 'linux' } })
      expect(version.root).toMatch(/^\//)
      expect(engine.describe).toContain(version.version)
    },
  },
  ...[false, true].map(
    (index): EngineCase => ({
      name: `when an image is pulled by the digest of its ${index ? 'index' : 'manifest'} then it is here under that digest alone`,
      check: async (subject) => {
        const { engine } = subject
        const name = index ? 'pulled-index' : 'pulled'
        const pushed = await push(subject.registry, name, { version: '1.2.3', index, payloadBytes: 2_000_000 })
        const reference = `${pushed.repository}@${pushed.digest}`
        expect(await engine.image(reference, never)).toBeNull()
        await pull(subject, pushed)
        const image = await engine.image(reference, never)
        expect(image?.digests).toContain(reference)
        expect(image).toMatchObject({ tags: [], labels: { 'org.opencontainers.image.version': '1.2.3' } })
        expect(image?.bytes).toBeGreaterThan(2_000_000)
        expect(image?.createdMs).toBe(Date.parse('2026-01-01T00:00:00Z'))
        await pull(subject, pushed)
      },
    }),
  ),
  {
    name: 'when a pull goes on then its layers are told, and in the end their bytes',
    check: async (subject) => {
      const pushed = await push(subject.registry, 'progress', { version: '1.0.0', payloadBytes: 3_000_000 })
      const seen: [number, number | null, string][] = []
      await pull(subject, pushed, { onProgress: (...now) => seen.push(now) })
      const [done, total, message] = seen.at(-1) ?? []
      expect(message).toMatch(/^\d of \d layers$/)
      if (subject.lacks.includes('bytes')) return expect([done, total]).toEqual([0, 0])
      expect(message).toBe('2 of 2 layers')
      expect(total).toBe(done)
      // The layer that all these images share may be here already.
      expect(done).toBeGreaterThan(3_000_000)
      expect(done).toBeLessThanOrEqual(pushed.bytes)
    },
  },
  {
    name: 'when the registry does not have that digest then it is not found, and nothing comes',
    check: async (subject) => {
      const { repository } = await push(subject.registry, 'known', { version: '1.0.0' })
      const digest = digestSchema.parse(`sha256:${'0'.repeat(64)}`)
      await expectFailure(pull(subject, { repository, digest }), 'E_NOT_FOUND')
      expect(await subject.engine.image(`${repository}@${digest}`, never)).toBeNull()
    },
  },
  {
    name: 'when nobody answers at the registry then it is the network, and may pass',
    check: async (subject) => {
      const digest = digestSchema.parse(`sha256:${'1'.repeat(64)}`)
      const problem = await failureOf(pull(subject, { repository: '127.0.0.1:1/x', digest }))
      expect(problem).toMatchObject({ code: 'E_NETWORK', retryable: true })
    },
  },
  {
    name: 'when the registry asks for a login then only with the right one does the image come',
    check: async (subject) => {
      const pushed = await push(subject.closed, 'closed', { version: '1.0.0' })
      await expectFailure(pull(subject, pushed), 'E_UNAUTHORIZED')
      await expectFailure(pull(subject, pushed, { auth: { ...registryUser, password: 'wrong' } }), 'E_UNAUTHORIZED')
      await pull(subject, pushed, { auth: registryUser })
    },
  },
  {
    name: 'when a pull is cancelled then it ends, and what it brings is not there',
    check: async (subject) => {
      const pushed = await push(subject.registry, 'cancelled', { version: '1.0.0', payloadBytes: 8_000_000 })
      const abort = new AbortController()
      const repository = `${subject.stuck.host}/contract/cancelled`
      const input = { repository, digest: pushed.digest, auth: null }
      const onProgress = () => abort.abort(new Error('enough'))
      await expect(subject.engine.pull({ ...input, onProgress }, abort.signal)).rejects.toThrow('enough')
      expect(await subject.engine.image(`${repository}@${pushed.digest}`, never)).toBeNull()
    },
  },
  {
    name: 'when an image is named then it is found by that name until it is taken away, and stays for its digest',
    check: async (subject) => {
      const { engine } = subject
      const reference = await present(subject, 'named')
      const [first, second] = ['belay.local/named:1.0.0-r-00000001', 'belay.local/named:1.0.0-r-00000002']
      await engine.tag(reference, first, never)
      await engine.tag(reference, first, never)
      const image = await engine.image(first, never)
      expect(image?.tags).toEqual([first])
      expect(await engine.image(image?.id ?? '', never)).toEqual(image)
      await engine.tag(image?.id ?? '', second, never)
      expect((await engine.images('belay.local/named', never)).map(({ id }) => id)).toEqual([image?.id])
      expect(await engine.images('belay.local/name', never)).toEqual([])
      await engine.untag(first, never)
      await engine.untag(first, never)
      expect(await engine.image(first, never)).toBeNull()
      await engine.untag(second, never)
      expect(await engine.image(reference, never)).not.toBeNull()
    },
  },
  {
    name: 'when a container was made from an image then its last name stays, and every other one can go',
    check: async (subject) => {
      const { engine } = subject
      const reference = await present(subject, 'held', { healthcheck: false })
      const { id } = (await engine.image(reference, never)) ?? { id: '' }
      const names = ['belay.local/held:1', 'belay.local/held:2']
      for (const name of names) await engine.tag(id, name, never)
      await must(subject, ['create', names[0] ?? ''])
      for (const name of [names[1] ?? '', names[0] ?? '', reference]) await engine.untag(name, never)
      const left = await engine.image(id, never)
      expect(left).not.toBeNull()
      expect([...(left?.tags ?? []), ...(left?.digests ?? [])]).toHaveLength(1)
    },
  },
  {
    name: 'when images are named one after the other then it is told when',
    check: async (subject) => {
      const { engine } = subject
      for (const version of ['1', '2']) {
        const reference = await present(subject, `order-${version}`, { version })
        await engine.tag(reference, `belay.local/order:${version}`, never)
      }
      const images = await engine.images('belay.local/order', never)
      if (subject.lacks.includes('tagTimes')) {
        return expect(images.map(({ taggedMs, createdMs }) => taggedMs - createdMs)).toEqual([0, 0])
      }
      const byTime = images.toSorted((a, b) => a.taggedMs - b.taggedMs).flatMap(({ tags }) => tags)
      expect(byTime).toEqual(['belay.local/order:1', 'belay.local/order:2'])
      expect(Math.min(...images.map(({ taggedMs }) => taggedMs))).toBeGreaterThan(Date.now() - 60_000)
    },
  },
  {
    name: 'when an image that is not here is named then it is not found',
    check: ({ engine }) =>
      expectFailure(engine.tag('belay.local/nothing:1', 'belay.local/other:1', never), 'E_NOT_FOUND'),
  },
]
