/** What an asset is made for, in Node's words: `linux`, `darwin`, `win32` · `x64`, `arm64`, `arm`, `ia32` … */
export interface Platform {
  readonly os: string
  readonly arch: string
}

/** The words that publishers use for the same thing, lower case. */
const osWords: Readonly<Record<string, readonly string[]>> = {
  linux: ['linux'],
  darwin: ['darwin', 'macos', 'osx', 'mac'],
  win32: ['windows', 'win32', 'win64', 'win'],
  freebsd: ['freebsd'],
}

const archWords: Readonly<Record<string, readonly string[]>> = {
  x64: ['x64', 'amd64', 'x86_64', 'x86-64'],
  arm64: ['arm64', 'aarch64', 'armv8'],
  arm: ['arm', 'armv7', 'armv7l', 'armhf', 'armv6', 'armv6l'],
  ia32: ['ia32', 'x86', 'i386', 'i686', '386'],
  riscv64: ['riscv64'],
  ppc64: ['ppc64le', 'ppc64'],
  s390x: ['s390x'],
}

export const wordsForOs = (os: string): readonly string[] => osWords[os] ?? [os.toLowerCase()]
export const wordsForArch = (arch: string): readonly string[] => archWords[arch] ?? [arch.toLowerCase()]

export type Fit = 'same' | 'silent' | 'other'

/** Whether a file name says that it is for this platform, for another one, or nothing. */
export function fitOf(name: string, platform: Platform): { readonly os: Fit; readonly arch: Fit } {
  return {
    os: fit(name, wordsForOs(platform.os), Object.values(osWords).flat()),
    arch: fit(name, wordsForArch(platform.arch), Object.values(archWords).flat()),
  }
}

/** Words of a platform at the end of a name, with what parts them: `-linux-x64` of `app-1.2.0-linux-x64`. */
export function withoutPlatform(stem: string): string {
  const words = [...Object.values(osWords), ...Object.values(archWords)].flat().toSorted((a, b) => b.length - a.length)
  const tail = words.map((word) => `[-_.]${word}`).find((end) => new RegExp(`${end}$`, 'i').test(stem))
  return tail === undefined ? stem : withoutPlatform(stem.slice(0, stem.length - (tail.length - 4)))
}

function fit(name: string, mine: readonly string[], all: readonly string[]): Fit {
  if (mine.some((word) => says(name, word))) return 'same'
  return all.some((word) => says(name, word)) ? 'other' : 'silent'
}

/** As a word of its own: `win` is not in `darwin`, nor `x86` in `x86_64`. */
function says(name: string, word: string): boolean {
  return new RegExp(`(?<![a-z0-9])${word}(?![a-z0-9]|[_-]64(?![0-9]))`, 'i').test(name)
}
