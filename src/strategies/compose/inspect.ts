import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseReference } from '../../core/image/reference.ts'
import { keptRepository, versionOfKept } from '../../core/image/kept.ts'
import { followed, tagFamily } from '../../core/image/family.ts'
import type { ProbeRef, ServiceRef } from '../../core/plan/step.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { Container, ContainerEngine, Image } from '../../host/containers/types.ts'
import { standing } from '../../host/containers/standing.ts'
import { imageScalar } from '../../host/compose/compose-text.ts'
import { projectName } from '../../host/compose/project-name.ts'
import { parseDuration } from '../../protocol/units.ts'
import type { Installed, KeptVersion, StrategyContext } from '../../ports/strategy.ts'
import { engineOf } from './early.ts'
import { type ComposeConfig, listOf } from './schema.ts'
import { configOf, inTwoSlots, servingSlot, type SlotSides } from './slots.ts'

/** The containers of the component as they run, and what of earlier versions is kept. Asks the engine, not the file (D10). */
export async function inspect(config: ComposeConfig, context: StrategyContext): Promise<Installed> {
  if (!inTwoSlots(config)) return inspectOne(config, context)
  const active = await servingSlot(config, await sidesOf(config, context), context)
  return inspectOne(configOf(config, active), context)
}

/** Both slots as they stand. */
export async function sidesOf(config: ComposeConfig, context: StrategyContext): Promise<SlotSides> {
  const engine = await engineOf(config, context)
  const project = await projectOf(config)
  const of = async (slot: Slot) => {
    const own = configOf(config, slot)
    const containers = await containersOf(engine, project, own, context.signal)
    const ref = serviceRef(own, engine, project, context)
    return { config: own, ref, probe: probeRef(own, engine, project, context), containers }
  }
  return { blue: await of('blue'), green: await of('green') }
}

async function inspectOne(config: ComposeConfig, context: StrategyContext): Promise<Installed> {
  const engine = await engineOf(config, context)
  const project = await projectOf(config)
  const running = standing(await containersOf(engine, project, config, context.signal))
  const ref = serviceRef(config, engine, project, context)
  const probe = probeRef(config, engine, project, context)
  const [first] = running
  const absent = first === undefined
  return {
    state: absent ? 'absent' : 'compose',
    version: absent ? null : await context.readVersion(probe),
    tree: absent ? null : firstFile(config),
    kept: await keptVersions(engine, context, new Set(running.map(({ imageId }) => imageId))),
    service: { ref, state: await context.inspectService(ref) },
    probe,
    user: null,
    facts: {
      engine: engine.host,
      project,
      // Before anything runs, the file says what is meant to.
      tag: tagOf(absent ? await writtenImage(config) : first.imageReference),
      images: [...new Set(running.map(({ imageId }) => imageId))],
    },
  }
}

function tagOf(reference: string | null): string | null {
  const found = reference === null ? null : parseReference(reference)
  return found === null ? null : (found.tag ?? 'latest')
}

/** As it stands in the first file, where it needs no variable. */
async function writtenImage(config: ComposeConfig): Promise<string | null> {
  const [service = ''] = listOf(config.service)
  const text = await readFile(firstFile(config), 'utf8').catch(() => '')
  return imageScalar(text, service, firstFile(config))?.value ?? null
}

export function firstFile(config: ComposeConfig): string {
  const [first] = listOf(config.file)
  if (first === undefined) throw new Error('the schema asks for a file')
  return first
}

/** As compose names it: the config, else the file or its environment, else the folder. */
export async function projectOf(config: ComposeConfig): Promise<string> {
  const file = firstFile(config)
  if (config.project !== undefined) return config.project
  return projectName({ files: listOf(config.file), envFile: config.env_file ?? null, directory: dirname(file) })
}

export async function containersOf(
  engine: ContainerEngine,
  project: string,
  config: ComposeConfig,
  signal: AbortSignal,
): Promise<readonly Container[]> {
  const found = await Promise.all(listOf(config.service).map((service) => engine.containers(project, service, signal)))
  return found.flat()
}

function serviceRef(
  config: ComposeConfig,
  engine: ContainerEngine,
  project: string,
  context: StrategyContext,
): ServiceRef {
  return {
    component: context.component,
    spec: {
      type: 'compose',
      files: [...listOf(config.file)],
      services: [...listOf(config.service)],
      project,
      profiles: config.profiles,
      env_file: config.env_file ?? null,
      engine: engine.host,
      stop_grace_ms: config.stop_grace === undefined ? null : parseDuration(config.stop_grace),
    },
    cwd: dirname(firstFile(config)),
    user: null,
  }
}

function probeRef(
  config: ComposeConfig,
  engine: ContainerEngine,
  project: string,
  { component, probeSpec, scheme, source }: StrategyContext,
): ProbeRef {
  const own = probeSpec.type === 'none' ? imageProbe(config, engine, project, movingTag({ source })) : probeSpec
  return { component, spec: own, dir: dirname(firstFile(config)), user: null, scheme }
}

function imageProbe(config: ComposeConfig, engine: ContainerEngine, project: string, moving: string | null) {
  return { type: 'image', engine: engine.host, project, services: [...listOf(config.service)], moving }
}

/** The tag that the config says to follow, whatever it comes to stand for. */
export function movingTag({ source }: Pick<StrategyContext, 'source'>): string | null {
  const followedTag = followed(source, undefined)
  return followedTag === null ? null : followedTag.tag
}

/** Newest first; the image that runs is not one to go back to. */
async function keptVersions(
  engine: ContainerEngine,
  { component, signal }: StrategyContext,
  running: ReadonlySet<string>,
): Promise<readonly KeptVersion[]> {
  const repository = keptRepository(component)
  const images = (await engine.images(repository, signal)).filter((image) => !running.has(image.id))
  return images.toSorted((a, b) => b.taggedMs - a.taggedMs).flatMap((image) => keptOf(image, repository))
}

function keptOf(image: Image, repository: string): readonly KeptVersion[] {
  const name = image.tags.find((tag) => tag.startsWith(`${repository}:`))
  const tag = name === undefined ? null : versionOfKept(name)
  if (name === undefined || tag === null) return []
  return [{ version: tagFamily(tag)?.version ?? tag, path: name, since: new Date(image.taggedMs).toISOString() }]
}
