/** Control characters, except tab and line feed, and the marks that turn the direction of text around. */
const unsafe = /(?![\t\n])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/**
 * Text from outside as it may reach a terminal, a log or a page: no control characters (an escape sequence could rewrite
 * what the person sees), line ends as \n, at most `charsMax` characters.
 */
export function cleanText(text: string, charsMax: number): string {
  const clean = text
    .slice(0, charsMax + 1024)
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(unsafe, '')
  return clean.length > charsMax ? `${clean.slice(0, charsMax - 1)}…` : clean
}
