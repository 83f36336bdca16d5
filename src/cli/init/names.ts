const nameCharsMax = 64

/** Whatever something is called, as the name of a component. */
export function componentName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, nameCharsMax)
  return name === '' ? 'app' : name
}
