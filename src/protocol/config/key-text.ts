/** Where the config takes a key or the path of its file: what begins like a key is meant as one, also when it is cut short. */
export function isKeyText(text: string): boolean {
  return /^RW[A-Za-z0-9+/=]*$/.test(text) || text.startsWith('untrusted comment:') || text.startsWith('-----BEGIN')
}
