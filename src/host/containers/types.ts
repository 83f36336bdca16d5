import type { Digest } from '../../core/model/names.ts'
import type { RegistryAuth } from '../registry/credentials.ts'

/** Limits on what an engine may take and send. Times in milliseconds, sizes in bytes. */
export interface EngineLimits {
  readonly connectTimeoutMs: number
  /** For one answer as a whole; removing an image of many gigabytes and stopping a container have limits of their own. */
  readonly answerTimeoutMs: number
  readonly removeTimeoutMs: number
  /** The longest silence inside a pull: an engine says nothing while it checks a large layer. */
  readonly pullIdleTimeoutMs: number
  readonly answerBytesMax: number
  readonly errorBytesMax: number
  readonly lineBytesMax: number
  readonly logBytesMax: number
}

export const engineLimits: EngineLimits = {
  connectTimeoutMs: 10_000,
  answerTimeoutMs: 60_000,
  removeTimeoutMs: 600_000,
  pullIdleTimeoutMs: 600_000,
  answerBytesMax: 32 * 1024 * 1024,
  errorBytesMax: 64 * 1024,
  lineBytesMax: 64 * 1024,
  logBytesMax: 8 * 1024 * 1024,
}

export type ContainerState = 'created' | 'running' | 'restarting' | 'paused' | 'exited' | 'dead'
export type Health = 'healthy' | 'unhealthy' | 'starting'

/** A container as its engine tells it. Times in milliseconds since the epoch, null where it never came to that. */
export interface Container {
  readonly id: string
  readonly name: string
  readonly project: string
  readonly service: string
  /** Which one of its service, from 1. */
  readonly number: number
  readonly state: ContainerState
  /** null: it has no healthcheck. */
  readonly health: Health | null
  /** What the last healthcheck said. */
  readonly healthOutput: string | null
  /** How often the engine started it again by itself. */
  readonly restarts: number
  /** It has ended, and its engine does not start it again by itself. */
  readonly over: boolean
  readonly startedMs: number | null
  readonly finishedMs: number | null
  /** null while it runs. */
  readonly exitCode: number | null
  readonly pid: number | null
  readonly imageId: string
  /** As written when it was created. */
  readonly imageReference: string
  readonly stopSignal: string
  readonly stopTimeoutSeconds: number | null
  readonly labels: Readonly<Record<string, string>>
  /** The compose files that it was made from, where compose says. */
  readonly configFiles: readonly string[]
  readonly workingDir: string | null
}

/** `tags` and `digests` are whole references: `docker.io/library/nginx:1.25`, `ghcr.io/o/app@sha256:…`. */
export interface Image {
  readonly id: string
  readonly digests: readonly string[]
  readonly tags: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly bytes: number
  readonly createdMs: number
  /** When it got its last name here; when it was made where the engine does not say. */
  readonly taggedMs: number
}

/** `options`: what a driver was given (`type`, `o`, `device`): with them even a local volume may lie elsewhere. */
export interface Volume {
  readonly name: string
  readonly driver: string
  readonly mountpoint: string
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
}

export interface LogLine {
  readonly atMs: number
  readonly text: string
}

export interface EngineVersion {
  readonly name: 'docker' | 'podman'
  readonly version: string
  readonly api: string
  readonly platform: { readonly os: string; readonly architecture: string; readonly variant: string | null }
  /** Where images and volumes lie, for the disk that they need; null where it does not say. */
  readonly root: string | null
}

export interface LoadInput {
  /** What the image is called then: `ghcr.io/o/app:1.2.0`. */
  readonly name: string
  /** By its config or by its manifest: engines differ in which of them is an image's id. */
  readonly ids: readonly Digest[]
  /** As `docker save` makes it. */
  readonly tar: AsyncIterable<Uint8Array>
}

export interface PullInput {
  /** `ghcr.io/o/app`. */
  readonly repository: string
  readonly digest: Digest
  readonly auth: RegistryAuth | null
  /** `totalBytes` is null as long as the size of a layer is not known. */
  readonly onProgress: (doneBytes: number, totalBytes: number | null, message: string) => void
}

/** A container beside `own`, with what that one has, of another image and for another program. */
export interface BesideInput {
  readonly own: string
  readonly name: string
  readonly image: string
  readonly argv: readonly [string, ...string[]]
  readonly labels: Readonly<Record<string, string>>
}

/**
 * Docker or Podman, over the HTTP API that both have. Every call but `pull` is one or a few short requests; all are
 * idempotent. Errors: E_ENGINE_UNREACHABLE (retryable, as it may be restarting, unless this user may not use it),
 * E_ENGINE_ANSWER, E_DISK_FULL, E_TIMEOUT. An aborted signal ends the request and rejects with its reason.
 */
export interface ContainerEngine {
  /** `Docker 20.10.24 at unix:///var/run/docker.sock`. */
  readonly describe: string
  /** Its address as DOCKER_HOST spells it; opening that again finds the same engine. */
  readonly host: string
  readonly name: 'docker' | 'podman'
  version(signal: AbortSignal): Promise<EngineVersion>
  /** Of a compose service, in every state, without one-off ones (`compose run`); by number. */
  containers(project: string, service: string, signal: AbortSignal): Promise<readonly Container[]>
  /** By name, by `repository@digest` or by id; null: it is not here. */
  image(reference: string, signal: AbortSignal): Promise<Image | null>
  /** Those with a tag in that repository (`ghcr.io/o/app`). */
  images(repository: string, signal: AbortSignal): Promise<readonly Image[]>
  /** Whether any container, running or not, was made from that image. */
  inUse(imageId: string, signal: AbortSignal): Promise<boolean>
  /**
   * Brings an image by its digest and looks whether it is this very one.
   * Errors besides: E_NOT_FOUND, E_UNAUTHORIZED, E_RATE_LIMITED, E_NETWORK, E_PULL_FAILED, E_CHECKSUM_MISMATCH.
   */
  pull(input: PullInput, signal: AbortSignal): Promise<void>
  /** Takes an image from a file, and looks whether it is this very one. Errors besides: E_PULL_FAILED, E_CHECKSUM_MISMATCH. */
  load(input: LoadInput, signal: AbortSignal): Promise<void>
  /** Points the name `target` (`host:5000/x:1.0`) at what `source` names. E_NOT_FOUND: there is no such image. */
  tag(source: string, target: string, signal: AbortSignal): Promise<void>
  /**
   * Takes a name away, and the image with its last one, unless a container was made from it: then both stay. A name
   * that is not there is fine.
   */
  untag(reference: string, signal: AbortSignal): Promise<void>
  /** null: its own timeout, else the engine's 10 s. One that is stopped or gone is fine. */
  stop(id: string, graceSeconds: number | null, signal: AbortSignal): Promise<void>
  /** The last lines of both outputs since then, oldest first. */
  logs(id: string, sinceMs: number, linesMax: number, signal: AbortSignal): Promise<readonly LogLine[]>
  volume(name: string, signal: AbortSignal): Promise<Volume | null>
  volumes(signal: AbortSignal): Promise<readonly Volume[]>
  /** The names of the containers that run and have it mounted. */
  volumeUsers(name: string, signal: AbortSignal): Promise<readonly string[]>
  /** One of that name goes on. It is started again when it fails, and stays when it has ended. */
  startBeside(input: BesideInput, signal: AbortSignal): Promise<void>
  /** As Ctrl-C does. One that does not run is fine. */
  interrupt(name: string, signal: AbortSignal): Promise<void>
  /** Also one that runs, also the caller's own. One that is gone is fine. */
  remove(name: string, signal: AbortSignal): Promise<void>
}
