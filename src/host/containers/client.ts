import { parseReference, sameRepository } from '../../core/image/reference.ts'
import {
  composeLabels,
  containerOf,
  containerSchema,
  type Hello,
  imageListSchema,
  imageOf,
  imageSchema,
  infoSchema,
  listedSchema,
  references,
  volumeListSchema,
  volumeOf,
  volumeSchema,
} from './answers.ts'
import type { Asker } from './ask.ts'
import { answerInvalid, notPulled, refused, wrongImage } from './failures.ts'
import { graceSecondsDefault } from './grace.ts'
import { readLogs } from './logs.ts'
import { pullByDigest } from './pull.ts'
import type { Container, ContainerEngine, EngineVersion, Image } from './types.ts'

/** What an engine needs beyond the grace: it kills, and takes networks and mounts down. */
const stopTimeoutMs = 60_000

/** Loaded when Belay moves itself: few need it. */
const beside = () => import('./beside.ts')

/** The calls of `ContainerEngine` at an engine that has said what it is. */
export function engineClient(asker: Asker, host: string, hello: Hello, name: 'docker' | 'podman'): ContainerEngine {
  const image = (reference: string, signal: AbortSignal) => findImage(asker, host, reference, signal)
  return {
    describe: `${name === 'docker' ? 'Docker' : 'Podman'} ${hello.Version} at ${host}`,
    host,
    name,
    version: (signal) => version(asker, hello, name, signal),
    containers: (project, service, signal) => containers(asker, project, service, signal),
    image,
    images: (repository, signal) => images(asker, host, repository, signal),
    inUse: async (imageId, signal) => {
      const listed = await asker.get('list containers', { path: '/containers/json?all=1', signal }, listedSchema)
      const id = bare(imageId)
      return listed.some((container) => bare(container.ImageID ?? '') === id)
    },
    pull: async (input, signal) => {
      await pullByDigest(asker, input, signal)
      const reference = `${input.repository}@${input.digest}`
      const found = await image(reference, signal)
      if (found === null) throw notPulled(reference)
      if (!found.digests.some((text) => text.endsWith(`@${input.digest}`))) throw wrongImage(reference, found.digests)
    },
    load: async (input, signal) => (await import('./load.ts')).loadImage(asker, input, image, signal),
    tag: (source, target, signal) => tag(asker, host, source, target, signal),
    untag: (reference, signal) =>
      asker.act(
        `remove the name ${reference}`,
        {
          method: 'DELETE',
          path: `/images/${imagePath(reference, host)}`,
          timeoutMs: asker.limits.removeTimeoutMs,
          signal,
        },
        // In use, and this is its last name: then it stays, and so does the image.
        [404, 409],
      ),
    stop: (id, grace, signal) => stop(asker, id, grace, signal),
    logs: (id, sinceMs, linesMax, signal) => {
      const query = new URLSearchParams({ stdout: '1', stderr: '1', timestamps: '1', tail: String(linesMax) })
      if (sinceMs > 0) query.set('since', String(Math.floor(sinceMs / 1000)))
      return asker.stream(
        { path: `/containers/${encodeURIComponent(id)}/logs?${query.toString()}`, signal },
        (said, status) => refused(host, 'give the output of a container', status, said),
        (answer) => readLogs(answer, asker.limits, { sinceMs, linesMax }),
      )
    },
    startBeside: async (input, signal) => (await beside()).startBeside(asker, input, signal),
    interrupt: async (container, signal) => (await beside()).interruptContainer(asker, container, signal),
    remove: async (container, signal) => (await beside()).removeContainer(asker, container, signal),
    volume: async (wanted, signal) => {
      const path = `/volumes/${encodeURIComponent(wanted)}`
      const found = await asker.find('tell about a volume', { path, signal }, volumeSchema)
      return found === null ? null : volumeOf(found)
    },
    volumes: async (signal) => {
      const { Volumes } = await asker.get('list volumes', { path: '/volumes', signal }, volumeListSchema)
      return (Volumes ?? []).map(volumeOf)
    },
    volumeUsers: async (name, signal) => {
      const query = new URLSearchParams({ filters: JSON.stringify({ volume: [name] }) })
      const listed = await asker.get(
        'list containers',
        { path: `/containers/json?${query.toString()}`, signal },
        listedSchema,
      )
      return listed.map(({ Id, Names }) => Names?.[0]?.replace(/^\//, '') ?? Id)
    },
  }
}

async function version(
  asker: Asker,
  hello: Hello,
  name: 'docker' | 'podman',
  signal: AbortSignal,
): Promise<EngineVersion> {
  const info = await asker.get('tell about itself', { path: '/info', signal }, infoSchema)
  const { Os: os, Arch: architecture } = hello
  return {
    name,
    version: hello.Version,
    api: hello.ApiVersion,
    platform: { os, architecture, variant: variantOf(architecture, info.Architecture ?? '') },
    root: info.DockerRootDir ?? null,
  }
}

/** Engines say `arm` without the variant; the machine's own word (`armv6l`) tells it, where they give that. */
function variantOf(architecture: string, machine: string): string | null {
  if (architecture === 'arm64') return 'v8'
  return architecture === 'arm' ? `v${/^armv([5-7])/.exec(machine)?.[1] ?? '7'}` : null
}

/** Before one that is replaced is taken for one that is gone. */
const looksMax = 5

async function containers(
  asker: Asker,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<readonly Container[]> {
  for (let looks = 1; ; looks++) {
    const found = await listContainers(asker, project, service, signal)
    const there = found.filter((container) => container !== null)
    // One that goes away while it is asked about is not there; what takes its place may be newer than the list.
    if (there.length < found.length && looks < looksMax) continue
    return there.toSorted((a, b) => a.number - b.number)
  }
}

async function listContainers(
  asker: Asker,
  project: string,
  service: string,
  signal: AbortSignal,
): Promise<readonly (Container | null)[]> {
  const label = [`${composeLabels.project}=${project}`, `${composeLabels.service}=${service}`]
  const query = new URLSearchParams({ all: '1', filters: JSON.stringify({ label }) })
  const listed = await asker.get(
    'list containers',
    { path: `/containers/json?${query.toString()}`, signal },
    listedSchema,
  )
  // Compared again (D7): how exactly a filter matches is the engine's own matter.
  const lasting = listed.filter(
    ({ Labels: its }) =>
      its?.[composeLabels.project] === project &&
      its[composeLabels.service] === service &&
      its[composeLabels.oneOff]?.toLowerCase() !== 'true',
  )
  const found = await Promise.all(
    lasting.map(({ Id }) =>
      asker.find('tell about a container', { path: `/containers/${Id}/json`, signal }, containerSchema),
    ),
  )
  return found.map((answer) => (answer === null ? null : containerOf(answer)))
}

async function findImage(asker: Asker, host: string, reference: string, signal: AbortSignal): Promise<Image | null> {
  const path = `/images/${imagePath(reference, host)}/json`
  const found = await asker.find('tell about an image', { path, signal }, imageSchema)
  return found === null ? null : imageOf(found)
}

async function images(asker: Asker, host: string, repository: string, signal: AbortSignal): Promise<readonly Image[]> {
  const wanted = parseReference(repository)
  if (wanted === null) throw answerInvalid(host, `cannot be asked for "${repository}": that is no repository`)
  const isOne = (text: string): boolean => {
    const reference = parseReference(text)
    return reference !== null && sameRepository(reference, wanted)
  }
  const listed = await asker.get('list images', { path: '/images/json', signal }, imageListSchema)
  // A list leaves out when an image was named.
  const ids = listed.filter(({ RepoTags }) => references(RepoTags).some(isOne)).map(({ Id }) => Id)
  const found = await Promise.all([...new Set(ids)].map((id) => findImage(asker, host, id, signal)))
  return found.filter((image) => image !== null)
}

async function tag(asker: Asker, host: string, source: string, target: string, signal: AbortSignal): Promise<void> {
  const to = parseReference(target)
  if (to === null || to.tag === null) throw answerInvalid(host, `cannot name an image "${target}"`)
  const query = new URLSearchParams({ repo: `${to.host}/${to.repository}`, tag: to.tag })
  const path = `/images/${imagePath(source, host)}/tag?${query.toString()}`
  await asker.act(`name ${source} ${target}`, { method: 'POST', path, signal })
}

async function stop(asker: Asker, id: string, grace: number | null, signal: AbortSignal): Promise<void> {
  const path = `/containers/${encodeURIComponent(id)}`
  const own =
    grace ??
    (await asker.find('tell about a container', { path: `${path}/json`, signal }, containerSchema))?.Config.StopTimeout
  const seconds = Math.max(0, Math.ceil(own ?? graceSecondsDefault))
  const timeoutMs = seconds * 1000 + stopTimeoutMs
  const request = { method: 'POST', path: `${path}/stop?t=${seconds}`, timeoutMs, signal } as const
  await asker.act('stop a container', request, [404])
}

const bare = (id: string): string => id.replace(/^sha256:/, '')

/** A name, a name by digest, or an id as part of a path: what none of these is must not become another path. */
function imagePath(reference: string, host: string): string {
  const legal = /^[a-zA-Z0-9[][\w.:/@[\]-]{0,511}$/.test(reference) && !/\.\.|\/\//.test(reference)
  if (!legal) throw answerInvalid(host, `cannot be asked for "${reference}": that is no image`)
  return reference.replaceAll('[', '%5B').replaceAll(']', '%5D')
}
