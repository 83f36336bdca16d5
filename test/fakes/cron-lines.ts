import fc from 'fast-check'

const field = (min: number, max: number, words: readonly string[] = []) => {
  const value = fc.integer({ min, max })
  const range = fc.tuple(value, value).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
  const part = fc.oneof(
    value.map(String),
    range.map(([a, b]) => `${a}-${b}`),
    fc.tuple(range, fc.integer({ min: 1, max: 7 })).map(([[a, b], by]) => `${a}-${b}/${by}`),
    ...(words.length === 0 ? [] : [fc.constantFrom(...words)]),
  )
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(','))
}

const stepped = (max: number) => fc.integer({ min: 1, max }).map((by) => `*/${by}`)
const star = fc.constant('*')

/** Cron lines of every shape; some are refused. */
export const cronLines = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: field(0, 59) }, stepped(30), star),
    fc.oneof({ weight: 3, arbitrary: field(0, 23) }, stepped(12), star),
    fc.oneof(field(1, 28), field(1, 31), stepped(10), { weight: 3, arbitrary: star }),
    fc.oneof(field(1, 12, ['feb', 'OCT']), stepped(6), { weight: 3, arbitrary: star }),
    fc.oneof(field(0, 7, ['sun', 'Wed']), stepped(3), { weight: 3, arbitrary: star }),
  )
  .map((words) => words.join(' '))
