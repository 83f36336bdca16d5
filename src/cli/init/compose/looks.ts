/** Apart from the reader, which brings YAML with it. */
export function looksLikeCompose(text: string): boolean {
  return /^(?:["']?)services(?:["']?)\s*:/m.test(text)
}
