import { realpath } from 'node:fs/promises'
import { imageMissing, imageUnlike, serviceLeftOut } from './failures.ts'
import type { Image } from './expression.ts'
import { readImages } from './images.ts'
import { composeEnvironment } from './launch.ts'
import type { ComposeModel } from './model.ts'
import type { ComposeProject } from './project.ts'

/**
 * Where the files of a project say the image of each service, for `imageEdits`. That of every one of `services` is as
 * compose itself resolved it, else E_COMPOSE_IMAGE: what is not understood is not edited.
 */
export async function locateImages(
  project: ComposeProject,
  model: ComposeModel,
  services: readonly string[],
): Promise<ReadonlyMap<string, Image>> {
  const images = await readImages(project, model.program.generation, composeEnvironment(project))
  for (const service of services) {
    const resolved = model.services.get(service)
    const image = images.get(service)
    if (image !== undefined && resolved === undefined) throw serviceLeftOut(image)
    if (image === undefined || typeof resolved?.image !== 'string') {
      throw imageMissing(service, resolved?.built === true, project.files)
    }
    if (image.reference !== resolved.image) throw imageUnlike(image, resolved.image)
  }
  return images
}

/**
 * Whether a container of the project has this very file mounted, by itself: a rename would leave it with the old one
 * (D21).
 */
export async function isMountedAlone(model: ComposeModel, file: string): Promise<boolean> {
  const real = (path: string) => realpath(path).catch(() => path)
  const wanted = await real(file)
  for (const { mounts } of model.services.values()) {
    for (const { type, source } of mounts) {
      if (type === 'bind' && source !== null && (await real(source)) === wanted) return true
    }
  }
  return false
}
