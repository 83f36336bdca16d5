import { describe, expect, test } from 'vitest'
import { readVersionText } from './file.ts'

/** As published by marco-svitol/dunebugger-remote at 5171c0a: a build of beta.5 from a work tree with changes. */
const published = `{
  "version": "1.0.0",
  "prerelease": "beta.5",
  "build_type": "prerelease",
  "build_number": 49,
  "commit": "be77d9a",
  "full_version": "1.0.0-beta.5.dirty"
}
`

describe('what a VERSION file states', () => {
  const rows: readonly [content: string, string | null][] = [
    ['0.1.0', '0.1.0'],
    ['1.0.0-beta.2\n', '1.0.0-beta.2'],
    ['1.0.0-beta.3-build85\r\n', '1.0.0-beta.3-build85'],
    ['\uFEFFv1.2.3\r\n\r\n', 'v1.2.3'],
    ['"1.2.3"\n', '1.2.3'],
    [published, '1.0.0-beta.5'],
    [`\uFEFF${published.replaceAll('\n', '\r\n')}`, '1.0.0-beta.5'],
    ['{"version":"1.0.0","prerelease":"beta.5","full_version":"1.0.0-beta.6"}', '1.0.0-beta.6'],
    ['{"version":"1.0.0","prerelease":"beta.5","full_version":"<PLACEHOLDER>"}', '1.0.0-beta.5'],
    ['{"version":"1.0.0","prerelease":null,"full_version":"1.0.0.dev5"}', '1.0.0.dev5'],
    ['{"version":"1.0.0","prerelease":"","full_version":null}', '1.0.0'],
    ['{"version":"1.2.3"}', '1.2.3'],
    ['{"full_version":"weird"}', 'weird'],
    ['{"version":1}', null],
    ['{"version":', null],
    ['{}', null],
    ['', null],
    ['\n\n', null],
    ['unknown\n', null],
    ['<DUNEBUGGER_REMOTE_VERSION_HERE>', null],
    ['1.0.0\n1.0.1\n', null],
    ['# the version\n1.0.0', null],
    ['x'.repeat(129), null],
  ]
  test.each(rows)('when it is %j, then the version is %j', async (content, expected) => {
    expect(await readVersionText(content)).toBe(expected)
  })
})
