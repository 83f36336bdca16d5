import { readFile, stat } from 'node:fs/promises'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { fail } from '../../core/model/problem.ts'
import publicGood from './public-good.json' with { type: 'json' }

const fileBytesMax = 1024 * 1024
const rootsMax = 16

/**
 * The instances of Sigstore whose word counts, each alone: what one vouches for is not completed by another. Stored
 * with belay: the public one, whose keys change about once a year (`test/fixtures/sigstore/SOURCES.md` says how it is
 * renewed). `trusted_root` replaces it: a JSON file, or one of a line each, as
 * `gh attestation trusted-root` writes it. Errors: E_CONFIG_INVALID.
 */
export async function trustRoots(path: string | null): Promise<readonly TrustedRoot[]> {
  if (path === null) return [TrustedRoot.fromJSON(publicGood)]
  const text = await readText(path)
  const roots = documentsIn(text).map((json) => rootOf(json, path))
  if (roots.length === 0 || roots.length > rootsMax) throw unusable(path, `it holds ${roots.length} trust roots`)
  return roots
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > fileBytesMax) throw unusable(path, 'it is too large')
    return await readFile(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null
    throw code === null ? error : unusable(path, code)
  }
}

/** One document over many lines, or one a line. */
export function documentsIn(text: string): readonly unknown[] {
  const whole = parsed(text)
  if (whole !== undefined) return [whole]
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map(parsed)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** One without anything that tells the time of a signature could vouch for nothing. */
function rootOf(json: unknown, path: string): TrustedRoot {
  if (typeof json !== 'object' || json === null) throw unusable(path, 'it is not JSON')
  const root = tried(() => TrustedRoot.fromJSON(json))
  if (root === null || root.certificateAuthorities.length === 0) throw unusable(path, 'it names no authority')
  if (root.tlogs.length === 0 && root.timestampAuthorities.length === 0) {
    throw unusable(path, 'it names neither a log nor an authority for time')
  }
  return root
}

function tried<T>(work: () => T): T | null {
  try {
    return work()
  } catch {
    return null
  }
}

function unusable(path: string, why: string) {
  return fail('E_CONFIG_INVALID', `the trust root ${path} cannot be used: ${why}`, {
    hint: 'Write it anew: gh attestation trusted-root > trusted_root.jsonl.',
    facts: { path, why },
  })
}
