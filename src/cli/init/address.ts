/** An address without what opens its door, and whether something of that kind was in it. */
export interface Bare {
  readonly url: string
  readonly hadSecret: boolean
}

const addressCharsMax = 2000
const secretNames = /token|key|secret|pass|auth|sig|credential|session|jwt/i

/** A web address without user, password, fragment and the parameters whose names speak of secrets. null: it is none. */
export function bareAddress(text: string): Bare | null {
  const url = text.length > addressCharsMax ? null : URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const secret = [...url.searchParams.keys()].filter((key) => secretNames.test(key))
  const hadSecret = url.username !== '' || url.password !== '' || secret.length > 0
  for (const key of secret) url.searchParams.delete(key)
  url.username = ''
  url.password = ''
  url.hash = ''
  return { url: url.href, hadSecret }
}

/**
 * The address of a git remote without what opens its door: `https://`, `ssh://`, `user@host:path` or a folder. The user
 * of ssh stays, as it names no one. null: it is none of these.
 */
export function bareRemote(text: string): Bare | null {
  if (text.length > addressCharsMax || /[\p{Cc}\s]/u.test(text) || text.startsWith('-')) return null
  const web = bareAddress(text)
  if (web !== null) return web
  const ssh = /^(ssh:\/\/)(?:([^@/]*)@)?([^/@]+(?:\/.*)?)$/.exec(text)
  if (ssh !== null) {
    const [user = '', ...password] = (ssh[2] ?? '').split(':')
    return { url: `${ssh[1]}${user === '' ? '' : `${user}@`}${ssh[3]}`, hadSecret: password.length > 0 }
  }
  if (/^(?:[\w.-]+@)?[\w.-]+:(?!\/\/)\S+$/.test(text)) return { url: text, hadSecret: false }
  if (/^file:\/\/\/[^?#]*$/.test(text)) return { url: text, hadSecret: false }
  return text.startsWith('/') ? { url: text, hadSecret: false } : null
}

/** `owner/name` of an address at GitHub, or as it stands. null: it is neither. */
export function githubRepository(text: string): string | null {
  const bare = /^(?:(?:https?:\/\/(?:[^@/]*@)?|git@)(?:www\.)?github\.com[/:])?([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(
    text,
  )
  const repo = text.length > addressCharsMax ? null : (bare?.[1] ?? null)
  return repo === null || repo.split('/').some((part) => /^\.+$/.test(part)) ? null : repo
}

/** A branch as a config takes it; git allows little more. */
export function isBranch(text: string): boolean {
  return (
    /^[\p{L}\p{N}_][\p{L}\p{N}_./+@#-]*$/u.test(text) &&
    text.length <= 200 &&
    !/\.\.|@\{|\/\/|\.lock(?:\/|$)|[/.]$|\/\./.test(text)
  )
}

/** Another API than GitHub's own, by the variable that GitHub's own programs take it from. */
export function githubApi(env: Readonly<Record<string, string | undefined>>): string | null {
  const text = env['GITHUB_API_URL'] ?? ''
  const url = text === '' ? null : (bareAddress(text)?.url.replace(/\/+$/, '') ?? null)
  return url === 'https://api.github.com' ? null : url
}
