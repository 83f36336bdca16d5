const versionTextCharsMax = 128

/**
 * The version that a VERSION file states, as it is spelled there without `.dirty`: one line, or a JSON object with
 * `full_version` or `version` and `prerelease`. null: it states none (empty, "unknown", a placeholder, several lines).
 *
 * `full_version` wins when it reads as a version: it is what the build computed last. The other two fields may be stale:
 * a published file says `1.0.0` and `beta.5` beside a full version of `1.0.0-beta.6`. What reads versions is loaded for
 * such an object alone: most files are one line, and are read at every `belay status`.
 */
export async function readVersionText(content: string): Promise<string | null> {
  const text = content.replace(/^\uFEFF/, '').trim()
  if (text.startsWith('{')) return fromObject(text)
  return stated(/^"[^"\r\n]*"$/.test(text) ? text.slice(1, -1) : text)
}

function stated(text: string): string | null {
  const bare = text.trim().replace(/(?<=.)(?:[.+_-]dirty)+$/i, '')
  if (bare === '' || bare.length > versionTextCharsMax) return null
  return /\s|[<>{}]|^(unknown|none|null)$/i.test(bare) ? null : bare
}

async function fromObject(text: string): Promise<string | null> {
  const fields = fieldsOf(text)
  const full = stated(fields('full_version') ?? '')
  if (full !== null && (await isVersion(full))) return full
  const version = stated(fields('version') ?? '')
  const prerelease = stated(fields('prerelease') ?? '')
  if (version === null) return full
  return prerelease === null || version.includes('-') ? version : `${version}-${prerelease}`
}

async function isVersion(text: string): Promise<boolean> {
  const { parseVersion } = await import('./compare.ts')
  return (parseVersion(text, 'semver') ?? parseVersion(text, 'pep440')) !== null
}

function fieldsOf(text: string): (name: string) => string | null {
  let value: unknown = null
  try {
    value = JSON.parse(text)
  } catch {
    return () => null
  }
  return (name) => {
    const field = value !== null && typeof value === 'object' ? Reflect.get(value, name) : null
    return typeof field === 'string' ? field : null
  }
}
