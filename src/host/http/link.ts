/** The target of `rel="next"` in a Link header (RFC 8288), resolved against the page it came with; null: the last page. */
export function nextPage(link: string | null, base: string): string | null {
  for (const match of (link ?? '').matchAll(/<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g)) {
    const relations = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(match[2] ?? '')
    const names = (relations?.[1] ?? relations?.[2] ?? '').toLowerCase().split(/\s+/)
    if (names.includes('next')) return URL.parse(match[1] ?? '', base)?.href ?? null
  }
  return null
}
