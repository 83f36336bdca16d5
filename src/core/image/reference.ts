import { type Digest, digestSchema } from '../model/names.ts'

/** Where an image lies, whole: `nginx` is `docker.io`, `library/nginx`. What was not written is null. */
export interface ImageReference {
  /** With its port: `ghcr.io`, `localhost:5000`, `[::1]:5000`. Docker Hub is `docker.io`, whatever name it was called by. */
  readonly host: string
  readonly repository: string
  readonly tag: string | null
  readonly digest: Digest | null
}

const dockerHub = 'docker.io'
const dockerHubNames: ReadonlySet<string> = new Set([dockerHub, 'index.docker.io', 'registry-1.docker.io'])

const hostShape =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*)(?::\d{1,5})?$/
const repositoryShape = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/
const tagShape = /^\w[\w.-]{0,127}$/
const nameCharsMax = 255
/** Of a whole reference: the name, a tag and a digest. */
const referenceCharsMax = 512

export const isTag = (text: string): boolean => tagShape.test(text)

/**
 * An image reference as Docker reads it. The first part is a host only when it has a dot or a port, is `localhost`, or
 * has an upper-case letter. The colon of a tag comes after the last slash: in `host:5000/x` it is a port. null: no
 * reference, among them 64 hex digits (an image's id) and digests other than SHA-256.
 */
export function parseReference(text: string): ImageReference | null {
  if (text.length > referenceCharsMax) return null
  const [named = '', digestText, ...more] = text.split('@')
  const digest = digestText === undefined ? null : digestSchema.safeParse(digestText).data
  if (digest === undefined || more.length > 0) return null
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const tag = colon === -1 ? null : named.slice(colon + 1)
  if (tag !== null && !isTag(tag)) return null
  const place = placeOf(colon === -1 ? named : named.slice(0, colon))
  return place === null ? null : { ...place, tag, digest }
}

function placeOf(name: string): Pick<ImageReference, 'host' | 'repository'> | null {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(slash, 0))
  const named = slash !== -1 && (/[.:[]/.test(first) || first === 'localhost' || first !== first.toLowerCase())
  const host = !named || dockerHubNames.has(first.toLowerCase()) ? dockerHub : first
  const path = named ? name.slice(slash + 1) : name
  const repository = host === dockerHub && !path.includes('/') ? `library/${path}` : path
  if (!hostShape.test(host) || !repositoryShape.test(repository)) return null
  if (host.length + 1 + repository.length > nameCharsMax || /^library\/[0-9a-f]{64}$/.test(repository)) return null
  return { host, repository }
}

/** One spelling per reference, with everything that was left out: `docker.io/library/nginx:1.25`. */
export function canonical({ host, repository, tag, digest }: ImageReference): string {
  return `${host}/${repository}${tag === null ? '' : `:${tag}`}${digest === null ? '' : `@${digest}`}`
}

/** Host names are the same in upper and lower case; repositories have lower case alone. */
export function sameRepository(
  a: Pick<ImageReference, 'host' | 'repository'>,
  b: Pick<ImageReference, 'host' | 'repository'>,
): boolean {
  return a.host.toLowerCase() === b.host.toLowerCase() && a.repository === b.repository
}
