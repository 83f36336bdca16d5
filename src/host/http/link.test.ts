import { expect, test } from 'vitest'
import { nextPage } from './link.ts'

const base = 'https://x.org/list?page=1'

test.each([
  ['<https://x.org/list?page=2>; rel="next"', 'https://x.org/list?page=2'],
  ['<https://x.org/?page=1>; rel="prev", <https://x.org/?page=3>; rel="next"', 'https://x.org/?page=3'],
  ['<?page=2>; rel=next', 'https://x.org/list?page=2'],
  ['<https://x.org/a,b>; title="x, y"; rel="last next"', 'https://x.org/a,b'],
  ['<https://x.org/?page=2>; rel="nextish"', null],
  ['nonsense', null],
  ['', null],
  [null, null],
])('when Link says %s, then the next page is %s', (link, next) => {
  expect(nextPage(link, base)).toBe(next)
})
