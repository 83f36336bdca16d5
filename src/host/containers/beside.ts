import { z } from 'zod'
import { fail } from '../../core/model/problem.ts'
import type { Asker } from './ask.ts'
import type { BesideInput } from './types.ts'

const texts = z.array(z.string()).nullish()

/** What a container was made with, as far as another one beside it needs the same. */
const ownSchema = z.object({
  Image: z.string(),
  Config: z.object({ Env: texts, User: z.string().nullish() }),
  HostConfig: z.looseObject({ NetworkMode: z.string().nullish() }),
  Mounts: z
    .array(
      z.object({
        Type: z.string(),
        Name: z.string().nullish(),
        Source: z.string().nullish(),
        Destination: z.string(),
        RW: z.boolean().nullish(),
      }),
    )
    .nullish(),
})
type Own = z.infer<typeof ownSchema>

const imageEnvironmentSchema = z.object({ Config: z.object({ Env: texts }).nullish() })

/** Rights and names; what limits a container (memory, processes) is not taken along: this one has another work. */
const sameRights: readonly string[] = [
  'GroupAdd',
  'Privileged',
  'CapAdd',
  'CapDrop',
  'SecurityOpt',
  'ExtraHosts',
  'Dns',
  'DnsSearch',
  'UsernsMode',
  'PidMode',
]

const conflict = 409

/**
 * Makes a container with the mounts, network, variables and rights of `own`, and starts it; one of that name is started as
 * it is. Its engine starts it again when it fails, also after a restart of its own.
 */
export async function startBeside(asker: Asker, input: BesideInput, signal: AbortSignal): Promise<void> {
  const path = `/containers/${encodeURIComponent(input.own)}/json`
  const own = await asker.find('tell about a container', { path, signal }, ownSchema)
  if (own === null)
    throw fail('E_ENGINE_ANSWER', 'The container engine does not know the container that belay runs in.')
  const image = `/images/${encodeURIComponent(own.Image)}/json`
  const made = await asker.find('tell about an image', { path: image, signal }, imageEnvironmentSchema)
  const body = bodyOf(input, own, new Set(made?.Config?.Env ?? []))
  const create = {
    method: 'POST',
    path: `/containers/create?name=${encodeURIComponent(input.name)}`,
    body,
    signal,
  } as const
  await asker.act('make a container', create, [conflict])
  const start = { method: 'POST', path: `/containers/${encodeURIComponent(input.name)}/start`, signal } as const
  await asker.act('start a container', start)
}

function bodyOf({ argv, image, labels }: BesideInput, own: Own, fromImage: ReadonlySet<string>): object {
  const [program, ...words] = argv
  return {
    Image: image,
    Entrypoint: [program],
    Cmd: words,
    // What only its image says may not fit the other one.
    Env: (own.Config.Env ?? []).filter((variable) => !fromImage.has(variable)),
    User: own.Config.User ?? '',
    WorkingDir: '/',
    // Stopped with its engine, it leaves what it does to its next start: there is nobody who could undo it.
    StopSignal: 'SIGKILL',
    Labels: labels,
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      ...Object.fromEntries(sameRights.flatMap((key) => (key in own.HostConfig ? [[key, own.HostConfig[key]]] : []))),
      NetworkMode: own.HostConfig.NetworkMode ?? 'default',
      RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 0 },
      Mounts: (own.Mounts ?? []).flatMap(mountOf),
    },
  }
}

function mountOf({ Type, Name, Source, Destination, RW }: NonNullable<Own['Mounts']>[number]): readonly object[] {
  const source = Type === 'volume' ? Name : Source
  if ((Type !== 'volume' && Type !== 'bind') || source === null || source === undefined) return []
  return [{ Type, Source: source, Target: Destination, ReadOnly: RW === false }]
}

/** Asks it to stop what it does, as Ctrl-C does; one that does not run is fine. */
export async function interruptContainer(asker: Asker, name: string, signal: AbortSignal): Promise<void> {
  const path = `/containers/${encodeURIComponent(name)}/kill?signal=SIGINT`
  await asker.act('signal a container', { method: 'POST', path, signal }, [404, conflict])
}

/** It may be the caller's own, which ends with that. One that is gone, or going, is fine. */
export async function removeContainer(asker: Asker, name: string, signal: AbortSignal): Promise<void> {
  const path = `/containers/${encodeURIComponent(name)}?force=1`
  await asker.act('remove a container', { method: 'DELETE', path, signal }, [404, conflict])
}
