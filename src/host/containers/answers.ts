import { constants } from 'node:os'
import { z } from 'zod'
import { canonical, parseReference } from '../../core/image/reference.ts'
import { cleanText } from '../../core/release/text.ts'
import type { Container, ContainerState, Health, Image, Volume } from './types.ts'

/** What is read of an engine's answers, and what it means. Podman's differ in small things: absent where Docker has null. */

const record = z.record(z.string(), z.string()).nullish()
const texts = z.array(z.string()).nullish()

export const helloSchema = z.object({
  Version: z.string(),
  ApiVersion: z.string().regex(/^\d+\.\d+$/),
  MinAPIVersion: z.string().optional(),
  Os: z.string(),
  Arch: z.string(),
  Components: z.array(z.object({ Name: z.string() })).nullish(),
})
export type Hello = z.infer<typeof helloSchema>

export const infoSchema = z.object({ DockerRootDir: z.string().nullish(), Architecture: z.string().nullish() })

export const listedSchema = z.array(
  z.object({ Id: z.string(), ImageID: z.string().optional(), Names: texts, Labels: record }),
)

export const containerSchema = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Pid: z.number().nullish(),
    ExitCode: z.number().nullish(),
    StartedAt: z.string().nullish(),
    FinishedAt: z.string().nullish(),
    Health: z
      .object({ Status: z.string().nullish(), Log: z.array(z.object({ Output: z.string().nullish() })).nullish() })
      .nullish(),
  }),
  HostConfig: z.object({ RestartPolicy: z.object({ Name: z.string() }).nullish() }).nullish(),
  Config: z.object({
    Image: z.string(),
    Labels: record,
    StopSignal: z.string().nullish(),
    StopTimeout: z.number().nullish(),
  }),
})

export const imageSchema = z.object({
  Id: z.string(),
  RepoTags: texts,
  RepoDigests: texts,
  Created: z.union([z.string(), z.number()]).nullish(),
  Size: z.number().default(0),
  Config: z.object({ Labels: record }).nullish(),
  Metadata: z.object({ LastTagTime: z.string().nullish() }).nullish(),
})

export const imageListSchema = z.array(z.object({ Id: z.string(), RepoTags: texts }))

export const volumeSchema = z.object({
  Name: z.string(),
  Driver: z.string(),
  Mountpoint: z.string(),
  Options: record,
  Labels: record,
})
export const volumeListSchema = z.object({ Volumes: z.array(volumeSchema).nullish() })

export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  files: 'com.docker.compose.project.config_files',
  folder: 'com.docker.compose.project.working_dir',
  volume: 'com.docker.compose.volume',
} as const

const outputCharsMax = 300

/** Podman's words beside Docker's. */
const states: Readonly<Record<string, ContainerState>> = {
  created: 'created',
  configured: 'created',
  initialized: 'created',
  running: 'running',
  stopping: 'running',
  restarting: 'restarting',
  paused: 'paused',
  exited: 'exited',
  stopped: 'exited',
}

function healthOf(status: string | null | undefined): Health | null {
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : null
}

/** Podman calls a container exited while it is about to start it again; Docker calls it restarting. */
function startsAgain({ HostConfig: host, State: state }: z.infer<typeof containerSchema>): boolean {
  const policy = host?.RestartPolicy?.Name ?? ''
  return policy === 'always' || policy === 'unless-stopped' || (policy === 'on-failure' && state.ExitCode !== 0)
}

/** Podman gives numbers, and so may a person. */
function signalName(word: string): string {
  const named = Object.entries(constants.signals).find(([, number]) => String(number) === word)?.[0]
  return named ?? (word === '' ? 'SIGTERM' : word)
}

/** Year 1 is how engines say never. */
function timeOf(text: string | null | undefined): number | null {
  const ms = Date.parse(text ?? '')
  return Number.isNaN(ms) || ms <= 0 ? null : ms
}

export function containerOf(answer: z.infer<typeof containerSchema>): Container {
  const { State: state, Config: config } = answer
  const labels = config.Labels ?? {}
  const word = states[state.Status] ?? 'dead'
  const alive = word === 'running' || word === 'paused'
  const said = cleanText(state.Health?.Log?.at(-1)?.Output?.trim() ?? '', outputCharsMax)
  return {
    id: answer.Id,
    name: answer.Name.replace(/^\//, ''),
    project: labels[composeLabels.project] ?? '',
    service: labels[composeLabels.service] ?? '',
    number: Number(labels[composeLabels.number] ?? 1) || 1,
    state: word,
    // What it was when it ended says nothing of now.
    health: alive ? healthOf(state.Health?.Status) : null,
    healthOutput: said === '' ? null : said,
    restarts: answer.RestartCount,
    over: (word === 'exited' || word === 'dead') && !startsAgain(answer),
    startedMs: timeOf(state.StartedAt),
    finishedMs: timeOf(state.FinishedAt),
    exitCode: alive || word === 'created' ? null : (state.ExitCode ?? null),
    pid: alive && typeof state.Pid === 'number' && state.Pid > 0 ? state.Pid : null,
    imageId: answer.Image.startsWith('sha256:') ? answer.Image : `sha256:${answer.Image}`,
    imageReference: config.Image,
    stopSignal: signalName(config.StopSignal ?? ''),
    stopTimeoutSeconds: config.StopTimeout ?? null,
    labels,
    configFiles: (labels[composeLabels.files] ?? '').split(',').filter((file) => file !== ''),
    workingDir: labels[composeLabels.folder] ?? null,
  }
}

/** Whole references; `<none>:<none>` and the like are none. */
export function references(words: readonly string[] | null | undefined): readonly string[] {
  return (words ?? []).flatMap((text) => {
    const reference = parseReference(text)
    return reference === null ? [] : [canonical(reference)]
  })
}

export function imageOf(answer: z.infer<typeof imageSchema>): Image {
  const created = answer.Created ?? 0
  const createdMs = typeof created === 'number' ? created * 1000 : (timeOf(created) ?? 0)
  return {
    id: answer.Id.startsWith('sha256:') ? answer.Id : `sha256:${answer.Id}`,
    digests: references(answer.RepoDigests),
    tags: references(answer.RepoTags),
    labels: answer.Config?.Labels ?? {},
    bytes: answer.Size,
    createdMs,
    taggedMs: timeOf(answer.Metadata?.LastTagTime) ?? createdMs,
  }
}

export function volumeOf(answer: z.infer<typeof volumeSchema>): Volume {
  return {
    name: answer.Name,
    driver: answer.Driver,
    mountpoint: answer.Mountpoint,
    options: answer.Options ?? {},
    labels: answer.Labels ?? {},
  }
}
