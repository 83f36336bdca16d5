/**
 * Whether a link of a listing stays in its tree by what it says. What other links on the way make of it is seen on the
 * disk alone; a listing cannot put anything below a link.
 */
export function staysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || target.includes('\\') || target.includes('\0')) return false
  if (/^[A-Za-z]:/.test(target)) return false
  let depth = path.split('/').length - 1
  for (const segment of target.split('/')) {
    if (segment === '' || segment === '.') continue
    depth += segment === '..' ? -1 : 1
    if (depth < 0) return false
  }
  return true
}
