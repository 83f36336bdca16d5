import { realpath } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'
import { type ComposeText, readComposeText, type ServiceText } from './compose-text.ts'
import { type Image, type Lookup, type Owner, piecesOf, textOf } from './expression.ts'
import { type ComposeProject, environmentFileOf, folderOf } from './project.ts'
import { tooMany } from './failures.ts'
import type { Scalar } from './scalar.ts'
import { readTextFile } from './text-file.ts'
import { ofEnvironment, textIn, withFiles } from './variables.ts'

export type { Image } from './expression.ts'

/** How the two generations of compose lay a service of one file over that of another. */
export type Generation = 'v1' | 'v2'

/** Where relative paths of a file start, and what its variables are. */
interface Scope {
  readonly folder: string
  readonly lookup: Lookup
}

/** A file as it was opened. `real`: with no links, since that is the one that is written. */
interface Opened {
  readonly path: string
  readonly real: string
  readonly text: ComposeText
}

interface Found {
  readonly path: string
  /** Its name in that file: what it extends has another one. */
  readonly service: string
  readonly scalar: Scalar
  readonly lookup: Lookup
}

/** `own`: said by the service itself. `base`: by what it extends. */
interface Said {
  readonly own: Found | null
  readonly base: Found | null
}

type Layer = ReadonlyMap<string, Said>

const filesMax = 100
const depthMax = 20

/**
 * The image of every service over all files of a project: overriding files, `include`, `extends`, services of every
 * profile. `environment` is what the compose program would see. A service without an image of its own is left out.
 * Errors: E_COMPOSE_INVALID, E_COMPOSE_IMAGE.
 */
export async function readImages(
  project: ComposeProject,
  generation: Generation,
  environment: Readonly<Record<string, string>>,
): Promise<ReadonlyMap<string, Image>> {
  const reader = new Reader()
  const lookup = await withFiles([environmentFileOf(project)], ofEnvironment(environment))
  const scope = { folder: folderOf(project), lookup }
  const layers: Layer[] = []
  for (const path of project.files) layers.push(...(await reader.layers(path, scope, 0)))
  const services = new Set(layers.flatMap((layer) => [...layer.keys()]))
  const images = [...services].flatMap((service) => {
    const said = layers.flatMap((layer) => layer.get(service) ?? [])
    const found = generation === 'v1' ? (lastOf(said, 'own') ?? lastOf(said, 'base')) : lastOf(said)
    return found === null ? [] : [[service, imageOf(service, found)] as const]
  })
  return new Map(images)
}

function lastOf(said: readonly Said[], which?: keyof Said): Found | null {
  const found = said.map((one) => (which === undefined ? (one.own ?? one.base) : one[which]))
  return found.findLast((one) => one !== null) ?? null
}

function imageOf(service: string, { path, service: name, scalar, lookup }: Found): Image {
  const owner: Owner = { path, place: { kind: 'yaml', service: name }, scalar }
  const pieces = piecesOf(owner, lookup)
  return { service, reference: textOf(pieces), owner, pieces }
}

class Reader {
  readonly #files = new Map<string, Opened>()

  /** A file and what it includes, the lowest first. */
  async layers(path: string, scope: Scope, depth: number): Promise<readonly Layer[]> {
    if (depth > depthMax) throw tooMany(path)
    const file = await this.#open(path)
    const layers: Layer[] = []
    for (const include of file.text.includes) {
      const paths = include.path.map((written) => textIn(written, scope.lookup))
      // What lies on another machine is not edited here.
      if (paths.some(isRemote)) continue
      const [first = ''] = paths
      const folder = at(
        scope.folder,
        include.directory === null ? dirname(first) : textIn(include.directory, scope.lookup),
      )
      const environment = (include.envFiles ?? [join(folder, '.env')]).map((file) => at(scope.folder, file))
      const inside = { folder, lookup: await withFiles(environment, scope.lookup) }
      for (const one of paths) layers.push(...(await this.layers(at(scope.folder, one), inside, depth + 1)))
    }
    const own = new Map<string, Said>()
    for (const [service, said] of file.text.services) own.set(service, await this.#said(file, service, said, scope))
    return [...layers, own]
  }

  async #said(file: Opened, service: string, text: ServiceText, scope: Scope): Promise<Said> {
    const { lookup } = scope
    const own = text.image === null ? null : { path: file.real, service, scalar: text.image, lookup }
    return { own, base: await this.#base(file, text, scope, 0) }
  }

  async #base({ path }: Opened, text: ServiceText, scope: Scope, depth: number): Promise<Found | null> {
    if (text.extends === null) return null
    if (depth > depthMax) throw tooMany(path)
    const { service, file } = text.extends
    const written = file === null ? null : textIn(file, scope.lookup)
    if (written !== null && isRemote(written)) return null
    const other = await this.#open(written === null ? path : at(scope.folder, written))
    const base = other.text.services.get(service)
    if (base === undefined) return null
    if (base.image !== null) return { path: other.real, service, scalar: base.image, lookup: scope.lookup }
    const inside = written === null ? scope : { ...scope, folder: dirname(other.path) }
    return this.#base(other, base, inside, depth + 1)
  }

  async #open(path: string): Promise<Opened> {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    if (this.#files.size >= filesMax) throw tooMany(path)
    const text = readComposeText((await readTextFile(path)).text, path)
    const opened = { path, real: await realpath(path), text }
    this.#files.set(path, opened)
    return opened
  }
}

function at(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}

function isRemote(path: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|git@)/i.test(path)
}
