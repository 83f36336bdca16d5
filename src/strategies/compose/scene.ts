import { canonical, type ImageReference, parseReference, sameRepository } from '../../core/image/reference.ts'
import { type Problem, problem } from '../../core/model/problem.ts'
import type { Image as WrittenImage } from '../../host/compose/expression.ts'
import { imageOutside } from '../../host/compose/failures.ts'
import { locateImages } from '../../host/compose/locate.ts'
import type { ComposeModel } from '../../host/compose/model.ts'
import type { ComposeProject } from '../../host/compose/project.ts'
import { composeConfig, composeConfigOf } from '../../host/compose/run.ts'
import type { Container, ContainerEngine } from '../../host/containers/types.ts'
import { exists } from '../../host/tree/stat.ts'
import type { StrategyContext } from '../../ports/strategy.ts'
import { askedOf, engineOf, sayingOf } from './early.ts'
import { containersOf, projectOf } from './inspect.ts'
import { type ComposeConfig, listOf } from './schema.ts'

/** Everything that is asked of compose and the engine before a plan: reads only. */
export interface Scene {
  readonly engine: ContainerEngine
  readonly model: ComposeModel
  /** Of every service of the project: an edit must not change one that is not meant. */
  readonly written: ReadonlyMap<string, WrittenImage>
  readonly containers: readonly Container[]
  /** Where the engine keeps its images, when that is on this host. */
  readonly root: string | null
}

/** A compose program in Python takes half a second: it is begun while the registry is asked. */
export function resolved(config: ComposeConfig, context: StrategyContext): Promise<Resolved> {
  return context.once('compose', () => resolve(config, context))
}

interface Resolved {
  readonly engine: ContainerEngine
  readonly project: ComposeProject & { readonly project: string }
  readonly model: ComposeModel
}

async function resolve(config: ComposeConfig, context: StrategyContext): Promise<Resolved> {
  const engine = await engineOf(config, context)
  const project = { ...sayingOf(config), project: await projectOf(config), engine: engine.host }
  return { engine, project, model: await modelOf(config, project, context) }
}

/** Whatever compose would refuse it refuses now, while everything runs. */
async function modelOf(
  config: ComposeConfig,
  project: ComposeProject,
  context: StrategyContext,
): Promise<ComposeModel> {
  // Programs of another engine's users may have been asked before it was known whose this one is.
  if (engineKind(project.engine) !== engineKind(config.engine)) return composeConfig(project, context.signal)
  const { known, asked } = await askedOf(config, context)
  if (known.model !== null) return known.model
  const model =
    (await composeConfigOf(asked, project, context.signal)) ?? (await composeConfig(project, context.signal))
  await known.remember(model)
  return model
}

function engineKind(text: string): 'podman' | 'docker' {
  return text.includes('podman') ? 'podman' : 'docker'
}

export async function look(config: ComposeConfig, context: StrategyContext): Promise<Scene> {
  const { signal } = context
  const { engine, project, model } = await resolved(config, context)
  const [written, containers, { root }] = await Promise.all([
    locateImages(project, model, listOf(config.service)),
    containersOf(engine, project.project, config, signal),
    engine.version(signal),
  ])
  // An engine elsewhere has its disk there.
  const here = root !== null && engine.host.startsWith('unix:') && (await exists(root))
  return { engine, model, written, containers, root: here ? root : null }
}

export function writtenOf({ written }: Scene, service: string): WrittenImage {
  const found = written.get(service)
  if (found === undefined) throw new Error(`the image of ${service} was not located`)
  return found
}

/** All services of a component move to one image. */
export function refusal(scene: Scene, to: ImageReference, config: ComposeConfig): Problem | null {
  for (const service of listOf(config.service)) {
    const { reference, owner, pieces } = writtenOf(scene, service)
    const from = parseReference(reference)
    if (from !== null && sameRepository(from, to)) continue
    const unset = pieces.find(({ owner: said, variable, text }) => said === null && variable !== null && text === '')
    if (unset !== undefined) return imageOutside(writtenOf(scene, service), unset.variable).problem
    return problem('E_TARGET_FOREIGN', `${owner.path} runs ${reference}, and the source offers ${canonical(to)}.`, {
      hint: `Set source.image to the image of ${listOf(config.service).join(', ')}, or name the right service.`,
    })
  }
  return null
}
