import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useToast } from '../ui/Toast.tsx'

interface ChangeOptions<V, R> {
  readonly work: (given: V) => Promise<R>
  /** The subjects that are others than before. */
  readonly stale: readonly string[]
  /** What is said when it is done; null: nothing. */
  readonly said: (given: V) => string | null
  readonly done: (result: R) => void
}

/** Something is changed on the host; what is shown of it is asked for anew. */
export function useChange<V, R>({ work, stale, said, done }: ChangeOptions<V, R>) {
  const queries = useQueryClient()
  const say = useToast()
  return useMutation({
    mutationFn: work,
    onSuccess: async (result, given) => {
      const words = said(given)
      if (words !== null) say(words)
      done(result)
      await Promise.all(stale.map(async (subject) => queries.invalidateQueries({ queryKey: [subject] })))
    },
  })
}
