import type { EditPlace } from '../../core/plan/step.ts'
import { imageOutside, imageScattered, imageShared, imagesDiffer } from './failures.ts'
import type { Image, Owner, Piece } from './expression.ts'
import { versionPart } from './new-reference.ts'
import { sourceOf } from './scalar.ts'

/**
 * The change of one scalar, as data: it is found again by its place in whatever the file is by then. `from` and `to` are
 * its source, quotes included.
 */
export interface ImageEdit {
  readonly path: string
  readonly place: EditPlace
  readonly from: string
  readonly to: string
}

/**
 * What must be written so that each service of `changes` (service → reference) gets its new image and no other service
 * changes. Empty: the files say so already.
 * E_COMPOSE_IMAGE: it is not one scalar of a file that decides, or the scalar decides for other services too.
 */
export function imageEdits(
  images: ReadonlyMap<string, Image>,
  changes: ReadonlyMap<string, string>,
): readonly ImageEdit[] {
  const edits = new Map<string, ImageEdit>()
  for (const [service, reference] of changes) {
    const image = images.get(service)
    if (image === undefined || image.reference === reference) continue
    const { owner, to } = change(image, reference)
    const other = [...images.values()].find((one) => !changes.has(one.service) && comesFrom(one, owner))
    if (other !== undefined) throw imageShared(service, other.service, owner)
    const edit = { path: owner.path, place: owner.place, from: owner.scalar.source, to }
    const key = keyOf(owner)
    const known = edits.get(key) ?? edit
    if (known.to !== to) throw imagesDiffer(service, owner)
    edits.set(key, known)
  }
  // A service that stays as it is must not follow one that changes.
  for (const [service, reference] of changes) {
    const image = images.get(service)
    if (image?.reference !== reference) continue
    const follows = image.pieces.find(({ owner }) => owner !== null && edits.has(keyOf(owner)))
    if (follows?.owner) throw imagesDiffer(service, follows.owner)
  }
  return [...edits.values()]
}

/** What one scalar must become; of several that could be changed, a variable goes before the text around it. */
function change(image: Image, reference: string): { readonly owner: Owner; readonly to: string } {
  const [start, end] = versionPart(image.reference)
  const candidates: { readonly piece: Piece; readonly text: string }[] = []
  const met: Piece[] = []
  let at = 0
  for (const piece of image.pieces) {
    const next = at + piece.text.length
    const empty = piece.text === '' && at >= start
    if (empty || (at < end && next > start)) {
      met.push(piece)
      const [before, after] = [image.reference.slice(0, at), image.reference.slice(next)]
      const fits = reference.length >= before.length + after.length
      if (!empty && fits && reference.startsWith(before) && reference.endsWith(after)) {
        candidates.push({ piece, text: reference.slice(before.length, reference.length - after.length) })
      }
    }
    at = next
  }
  const best =
    candidates.find(({ piece }) => piece.variable !== null || piece.owner?.place.kind === 'env') ?? candidates[0]
  const outside = met.find((piece) => piece.owner === null)
  if (best === undefined) throw outside === undefined ? imageScattered(image) : imageOutside(image, outside.variable)
  const { piece, text } = best
  if (piece.owner === null) throw imageOutside(image, piece.variable)
  const { value } = piece.owner.scalar
  const changed = value.slice(0, piece.start) + text + value.slice(piece.start + piece.text.length)
  return { owner: piece.owner, to: sourceOf(piece.owner.scalar, changed) }
}

function comesFrom(image: Image, owner: Owner): boolean {
  return image.pieces.some((piece) => piece.owner !== null && keyOf(piece.owner) === keyOf(owner))
}

/** The scalar itself: two services may find the same one by their own names. */
function keyOf({ path, scalar }: Owner): string {
  return `${path}\0${scalar.range[0]}`
}
