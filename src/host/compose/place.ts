import type { EditPlace } from '../../core/plan/step.ts'
import { imageScalar } from './compose-text.ts'
import { variableScalar } from './dotenv.ts'
import type { Scalar } from './scalar.ts'

/** Finds the scalar of a place in a text as it is now; null: it has none any more. */
export function scalarAt(text: string, place: EditPlace): Scalar | null {
  return place.kind === 'yaml' ? imageScalar(text, place.service) : variableScalar(text, place.variable)
}
