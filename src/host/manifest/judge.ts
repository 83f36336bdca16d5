import type { ManifestComponent, ManifestRelease, Reason } from '../../core/manifest/facts.ts'
import { judgeManifest, versionReasons } from '../../core/manifest/judge.ts'
import { cleanText } from '../../core/release/text.ts'
import { valueAt } from '../../protocol/config/finding.ts'
import { pathText } from '../../protocol/config/parse.ts'
import { parseManifest } from '../../protocol/manifest/parse.ts'
import type { JudgedManifest } from '../../ports/manifest.ts'
import { readManifest } from './read.ts'

const linesMax = 20
const lineCharsMax = 600

/** From bytes to a verdict. Every reason is a line `update-manifest.yaml:14:9 update_steps[2].url: …`, in the file's order. */
export function judgeManifestBytes(
  bytes: Uint8Array,
  name: string,
  release: ManifestRelease,
  component: ManifestComponent,
): JudgedManifest {
  const read = readManifest(bytes, name)
  if ('faults' in read) {
    return refused(read.faults.map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`))
  }
  const parsed = parseManifest(read.value)
  const verdict =
    'reasons' in parsed
      ? {
          kind: 'refused' as const,
          reasons: [...parsed.reasons, ...leftOver(read.value, parsed.reasons, release, component)],
        }
      : judgeManifest(parsed.manifest, release, component)
  if (verdict.kind === 'accepted') return verdict
  const placed = verdict.reasons
    .map((reason) => ({ reason, ...read.placeOf(reason.path, reason.at) }))
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
  return refused(placed.map(({ reason, line, column }) => `${name}:${line}:${column}${sentence(reason)}`))
}

function leftOver(
  value: unknown,
  told: readonly Reason[],
  release: ManifestRelease,
  component: ManifestComponent,
): readonly Reason[] {
  const version = valueAt(value, ['version'])
  if (typeof version !== 'string' || told.some(({ path }) => path[0] === 'version')) return []
  return versionReasons(version, release, component)
}

function sentence({ path, message }: Reason): string {
  return path.length === 0 ? `: ${message}` : ` ${pathText(path)}: ${message}`
}

function refused(lines: readonly string[]): JudgedManifest {
  const shown = lines.slice(0, linesMax).map((line) => cleanText(line, lineCharsMax))
  const more = lines.length - shown.length
  return { kind: 'refused', reasons: more === 0 ? shown : [...shown, `and ${more} more`] }
}
