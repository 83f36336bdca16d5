/** Text between tags, or a value in quotes. Control characters have no place in XML 1.0, not even escaped. */
export function xmlText(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** `--` would end an XML comment. */
export function xmlComment(words: string): string {
  return `<!-- ${words.replaceAll('--', '- -')} -->`
}
