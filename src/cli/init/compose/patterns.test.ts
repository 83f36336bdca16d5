import { expect, test } from 'vitest'
import { understandExclude, understandInclude } from './patterns.ts'

test.each([
  [String.raw`^\d+\.\d+\.\d+$`, 'same'],
  [String.raw`^v?\d+\.\d+\.\d+$`, 'same'],
  [String.raw`^\d+\.\d+\.\d+-alpine$`, 'same'],
  [String.raw`^[0-9]+[.][0-9]+$`, 'same'],
  [String.raw`^\d+$`, 'same'],
  [String.raw`^1\.\d+\.\d+$`, ['>=2']],
  [String.raw`^1\.25\.\d+-alpine$`, ['>=1.26']],
  [String.raw`^15\.`, ['>=16']],
  [String.raw`^15\..*`, ['>=16']],
  [String.raw`^1\.25\.3$`, ['>=1.25.4']],
  [String.raw`^\d+\.5\.\d+$`, null],
  [String.raw`^(1|2)\.\d+$`, null],
  [String.raw`^.*-stable$`, null],
  ['(', null],
  ['1'.repeat(300), null],
])('when tags are to fit %s, then that comes to %j', (pattern, expected) => {
  const found = understandInclude(pattern)
  expect(found?.kind === 'hold' ? found.hold : (found?.kind ?? null)).toEqual(expected)
})

test.each([
  ['^.*(alpha|beta|rc).*$', 'same'],
  ['beta', 'same'],
  ['-rc', 'same'],
  [String.raw`^2\.`, ['2.*']],
  [String.raw`^2\.\d+\.\d+$`, ['2.*']],
  [String.raw`^1\.2\.3$`, ['1.2.3']],
  [String.raw`^(1\.2\.3|1\.2\.4)$`, ['1.2.3', '1.2.4']],
  ['windows', null],
  [String.raw`^\d+$`, null],
])('when tags are not to fit %s, then that comes to %j', (pattern, expected) => {
  const found = understandExclude(pattern)
  expect(found?.kind === 'hold' ? found.hold : (found?.kind ?? null)).toEqual(expected)
})
