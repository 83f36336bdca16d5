import { isFileName } from '../../core/release/spec.ts'

/** The file name at the end of an address, null when there is none that could be one. */
export function fileNameOf(url: string): string | null {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? ''
  try {
    const name = decodeURIComponent(last)
    return isFileName(name) ? name : null
  } catch {
    return null
  }
}
