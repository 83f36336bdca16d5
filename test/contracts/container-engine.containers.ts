import { expect } from 'vitest'
import { type EngineCase, labels, must, never, present, run, until } from './container-engine.support.ts'

export const containerCases: readonly EngineCase[] = [
  {
    name: 'D7: when containers of other services have a longer name then they are not taken for it',
    check: async (subject) => {
      const { image } = subject
      for (const [project, service] of [
        ['exact', 'web'],
        ['exact', 'web2'],
        ['exact', 'old-web'],
        ['exact2', 'web'],
      ] as const) {
        await run(subject, { project, service, image })
      }
      await must(subject, [
        'run',
        '--detach',
        ...labels('exact', 'web'),
        '--label',
        'com.docker.compose.oneoff=True',
        image,
      ])
      const found = await subject.engine.containers('exact', 'web', never)
      expect(found).toMatchObject([{ project: 'exact', service: 'web', number: 1, state: 'running', restarts: 0 }])
      expect(found[0]?.pid).toBeGreaterThan(1)
      expect(Math.abs((found[0]?.startedMs ?? 0) - Date.now())).toBeLessThan(60_000)
      expect(await subject.engine.containers('exac', 'web', never)).toEqual([])
    },
  },
  {
    name: 'D10: when a tag moves after a start then a container is still of the image that it was made from',
    check: async (subject) => {
      const { engine } = subject
      const [before, after] = [
        await present(subject, 'old', { version: '1' }),
        await present(subject, 'new', { version: '2' }),
      ]
      await engine.tag(before, 'belay.local/moving:latest', never)
      await run(subject, { project: 'moving', image: 'belay.local/moving:latest' })
      await engine.tag(after, 'belay.local/moving:latest', never)
      const [container] = await engine.containers('moving', 'web', never)
      expect(container?.imageReference).toBe('belay.local/moving:latest')
      const [running, named] = [
        await engine.image(container?.imageId ?? '', never),
        await engine.image('belay.local/moving:latest', never),
      ]
      expect(running?.digests).toEqual([before])
      expect(running?.labels['org.opencontainers.image.version']).toBe('1')
      expect(named?.labels['org.opencontainers.image.version']).toBe('2')
    },
  },
  {
    name: 'when a container ends then its state and code are told, and it still holds its image',
    check: async (subject) => {
      const { engine } = subject
      const image = await present(subject, 'ends')
      const { id: imageId } = (await engine.image(image, never)) ?? { id: '' }
      expect(await engine.inUse(imageId, never)).toBe(false)
      await run(subject, { project: 'ends', image, argv: ['sh', '-c', 'exit 3'] })
      const ended = await until(subject, 'ends', ({ state }) => state === 'exited')
      expect(ended).toMatchObject({ exitCode: 3, pid: null, imageId })
      // Podman reads the clock in two places.
      expect(ended.finishedMs ?? 0).toBeGreaterThan((ended.startedMs ?? Infinity) - 1000)
      expect(await engine.inUse(imageId, never)).toBe(true)
    },
  },
  {
    name: 'when a container was only made then it never started',
    check: async (subject) => {
      const { image } = subject
      await must(subject, ['create', ...labels('made', 'web'), '--stop-timeout', '7', '--stop-signal', 'SIGINT', image])
      expect(await subject.engine.containers('made', 'web', never)).toMatchObject([
        { state: 'created', startedMs: null, exitCode: null, stopTimeoutSeconds: 7, stopSignal: 'SIGINT' },
      ])
    },
  },
  {
    name: 'D7: when a container dies again and again then its restarts are counted',
    check: async (subject) => {
      const image = await present(subject, 'loops', { fault: 'crashes' })
      await run(subject, { project: 'loops', image, flags: ['--restart', 'always'] })
      await until(subject, 'loops', ({ restarts }) => restarts >= 2)
    },
  },
  {
    name: 'when a container has a healthcheck then what it says is told',
    check: async (subject) => {
      const { image } = subject
      const flags = (command: string) => [
        '--health-cmd',
        command,
        '--health-interval',
        '200ms',
        '--health-retries',
        '1',
      ]
      const ids = [
        await run(subject, { project: 'well', image, flags: flags('true') }),
        await run(subject, { project: 'sick', image, flags: flags('echo no heart; false') }),
      ]
      for (const id of ids) await subject.runHealthcheck?.(id)
      await run(subject, { project: 'none', image })
      await until(subject, 'well', ({ health }) => health === 'healthy')
      const sick = await until(subject, 'sick', ({ health }) => health === 'unhealthy')
      expect(sick.healthOutput).toBe('no heart')
      await until(subject, 'none', ({ health }) => health === null)
    },
  },
  {
    name: 'when a container is stopped then it may end by itself; one that is stopped, or gone, is fine',
    check: async (subject) => {
      const { engine, image } = subject
      const id = await run(subject, {
        project: 'stops',
        image,
        argv: ['sh', '-c', 'trap "exit 5" TERM; echo up; while :; do sleep 0.1; done'],
      })
      await expect.poll(async () => (await engine.logs(id, 0, 5, never)).length, { timeout: 60_000 }).toBe(1)
      await engine.stop(id, 20, never)
      await until(subject, 'stops', ({ state, exitCode }) => state === 'exited' && exitCode === 5)
      await engine.stop(id, 20, never)
      await must(subject, ['rm', id])
      await engine.stop(id, null, never)
    },
  },
  {
    name: 'when a container ignores its signal then it is killed after the grace, its own where none is given',
    check: async (subject) => {
      const { engine, image } = subject
      const argv = ['sh', '-c', 'trap "" TERM; while :; do sleep 0.1; done']
      const stopped = async (project: string, grace: number | null, flags: readonly string[]): Promise<number> => {
        const id = await run(subject, { project, image, argv, flags })
        const begun = performance.now()
        await engine.stop(id, grace, never)
        await until(subject, project, ({ state, exitCode }) => state === 'exited' && exitCode === 137)
        return performance.now() - begun
      }
      // Without either it would be ten seconds. A machine that stands still makes it longer, never shorter.
      const [graceMs, usualMs, triesMax] = [1000, 10_000, 5]
      let fastest = Number.POSITIVE_INFINITY
      for (let n = 0; fastest > usualMs && n < triesMax; n++) {
        const both = [
          stopped(`deaf${n}`, 1, ['--stop-timeout', '60']),
          stopped(`deaf-own${n}`, null, ['--stop-timeout', '1']),
        ]
        const tookMs = await Promise.all(both)
        expect(Math.min(...tookMs)).toBeGreaterThan(graceMs - 100)
        fastest = Math.min(fastest, Math.max(...tookMs))
      }
      expect(fastest).toBeLessThan(usualMs)
    },
  },
  {
    name: 'when a container writes then the last lines of both outputs can be read, in their order',
    check: async (subject) => {
      const { engine, image } = subject
      // Two pipes: each line only when the one before it has been taken in.
      const script = 'trap "echo two >&2" USR1; trap "echo three; exit" USR2; echo one; while :; do sleep 0.05; done'
      const id = await run(subject, { project: 'writes', image, argv: ['sh', '-c', script] })
      for (const [n, signal] of ['USR1', 'USR2'].entries()) {
        await expect.poll(async () => (await engine.logs(id, 0, 5, never)).length, { timeout: 60_000 }).toBe(n + 1)
        await must(subject, ['kill', '--signal', signal, id])
      }
      await until(subject, 'writes', ({ state }) => state === 'exited')
      const texts = async (sinceMs: number, linesMax: number) =>
        (await engine.logs(id, sinceMs, linesMax, never)).map(({ text }) => text)
      expect(await texts(0, 10)).toEqual(['one', 'two', 'three'])
      expect(await texts(Date.now() - 60_000, 2)).toEqual(['two', 'three'])
      expect(await texts(Date.now() + 60_000, 10)).toEqual([])
    },
  },
  {
    name: 'when a volume is asked for then its folder is told, and one that is not there is null',
    check: async (subject) => {
      const { engine } = subject
      await must(subject, ['volume', 'create', '--label', 'com.docker.compose.volume=data', 'shop_data'])
      const found = await engine.volume('shop_data', never)
      expect(found).toMatchObject({
        name: 'shop_data',
        driver: 'local',
        labels: { 'com.docker.compose.volume': 'data' },
      })
      expect(found?.mountpoint).toMatch(/^\/.*shop_data/)
      expect((await engine.volumes(never)).map(({ name }) => name)).toContain('shop_data')
      expect(await engine.volume('shop_dat', never)).toBeNull()
    },
  },
  {
    name: 'when a container runs with a volume then it is named among those that use it, and not once it stopped',
    check: async (subject) => {
      const { engine, image } = subject
      const flags = ['--name', 'volume-user', '--volume', 'used_data:/data']
      const id = await run(subject, { project: 'uses', image, flags })
      await run(subject, { project: 'uses', service: 'other', image, flags: ['--volume', 'used_data2:/data'] })
      expect(await engine.volumeUsers('used_data', never)).toEqual(['volume-user'])
      await engine.stop(id, 0, never)
      expect(await engine.volumeUsers('used_data', never)).toEqual([])
      expect(await engine.volumeUsers('used_dat', never)).toEqual([])
    },
  },
]
