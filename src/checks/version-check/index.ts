import { sameVersion } from '../../core/version/compare.ts'
import { type Scheme, schemes } from '../../core/version/scheme.ts'
import { failed, passed } from '../../host/check-result.ts'
import type { Check, CheckContext, CheckResult } from '../../ports/check.ts'
import { type VersionCheckConfig, versionCheckSchema } from './schema.ts'

function schemeOf(name: string | undefined): Scheme {
  return schemes.find((scheme) => scheme === name) ?? 'loose'
}

async function run(config: VersionCheckConfig, { step, installedVersion }: CheckContext): Promise<CheckResult> {
  const wanted = [step.expectedVersion, config.expected_version ?? null].filter((version) => version !== null)
  const seen = await installedVersion()
  const facts = { version: seen, expected: [...wanted] }
  if (wanted.length === 0)
    return failed('version_check knows no version to expect', 'Name one as "expected_version".', facts)
  if (seen === null) {
    return failed(
      'the installed version cannot be read',
      'Say under "version" how it is read: file, command, http or package.',
      facts,
    )
  }
  const scheme = schemeOf(step.probe?.scheme)
  const other = wanted.find((version) => !sameVersion(seen, version, scheme))
  if (other === undefined) return passed(facts)
  return failed(
    `version ${seen} is there instead of ${other}`,
    'The new version was not started, or the release states another one.',
    facts,
  )
}

/** What is installed, or runs, is the version that it ought to be. A version that cannot be read is not the right one. */
export function versionCheck(): Check<VersionCheckConfig> {
  return {
    kind: 'version_check',
    config: versionCheckSchema,
    describe: ({ expected_version }) =>
      expected_version === undefined ? 'the version' : `version ${expected_version}`,
    timeoutMs: ({ timeout_seconds }) => timeout_seconds * 1000,
    run,
  }
}
