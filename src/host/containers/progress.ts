import { z } from 'zod'

/** One line of the stream that a pull answers with. */
const lineSchema = z.object({
  id: z.string().optional().catch(undefined),
  status: z.string().optional().catch(undefined),
  error: z.string().optional().catch(undefined),
  errorDetail: z.object({ message: z.string() }).optional().catch(undefined),
  progressDetail: z
    .object({ current: z.number().optional(), total: z.number().optional() })
    .optional()
    .catch(undefined),
})

/** Engines take no image of more than some 130; what is more is not counted, so that it costs little. */
const layersMax = 1000

interface Layer {
  readonly done: number
  /** null: not known yet. */
  readonly total: number | null
  readonly stage: 'waiting' | 'loading' | 'loaded' | 'complete'
}

export interface PullState {
  readonly layers: ReadonlyMap<string, Layer>
  /** The engine's words for why it stopped; null: it said nothing of the kind. */
  readonly error: string | null
}

export const pullBegun: PullState = { layers: new Map(), error: null }

/** Whatever cannot be understood says nothing; that the image came is looked at in the end. */
export function afterLine(state: PullState, text: string): PullState {
  const line = parsed(text)
  if (line === null) return state
  const error = line.errorDetail?.message ?? line.error
  if (error !== undefined) return { ...state, error }
  const { id, status = '', progressDetail } = line
  if (id === undefined) return state
  const layer = layerAfter(state.layers.get(id), status, progressDetail ?? {})
  if (layer === null || (state.layers.size >= layersMax && !state.layers.has(id))) return state
  return { ...state, layers: new Map(state.layers).set(id, layer) }
}

function parsed(text: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

/** null: the line is not about a layer. */
function layerAfter(
  before: Layer | undefined,
  status: string,
  { current, total }: { readonly current?: number | undefined; readonly total?: number | undefined },
): Layer | null {
  const known = total !== undefined && total > 0 ? total : (before?.total ?? null)
  switch (status) {
    case 'Pulling fs layer':
    case 'Waiting':
      return { done: 0, total: known, stage: 'waiting' }
    case 'Downloading':
      return { done: current ?? before?.done ?? 0, total: known, stage: 'loading' }
    case 'Verifying Checksum':
    case 'Download complete':
      return loaded(before, 'loaded')
    case 'Pull complete':
    case 'Already exists':
    case 'Layer already exists':
      return loaded(before, 'complete')
    default:
      return null
  }
}

/** A small layer is there before its size was ever told. */
function loaded(before: Layer | undefined, stage: 'loaded' | 'complete'): Layer {
  const total = before?.total ?? before?.done ?? 0
  return { done: total, total, stage }
}

export interface PullProgress {
  readonly doneBytes: number
  readonly totalBytes: number | null
  readonly message: string
}

/** Layers are downloaded a few at a time, so that their sum is known only late. */
export function progressOf({ layers }: PullState): PullProgress {
  const all = [...layers.values()]
  const complete = all.filter(({ stage }) => stage === 'complete').length
  const totals = all.map(({ total }) => total)
  const known = all.length > 0 && totals.every((total) => total !== null)
  return {
    doneBytes: all.reduce((sum, { done }) => sum + done, 0),
    totalBytes: known ? totals.reduce<number>((sum, total) => sum + (total ?? 0), 0) : null,
    message: `${complete} of ${all.length} layers`,
  }
}
