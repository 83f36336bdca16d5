import type { Evidence } from './deployment.ts'
import { fileOf, isKnown, type Readings } from './readings.ts'

const kernelFile = '/proc/sys/kernel/osrelease'
const ownFiles = ['/proc/sys/fs/binfmt_misc/WSLInterop', '/run/WSL'] as const

/** `kernel`: Microsoft made it. `own`: what a distribution has, and a container on such a host has not. */
export function wslEvidence(readings: Readings): {
  readonly kernel: readonly Evidence[]
  readonly own: readonly Evidence[]
  /** All of its own could be looked for. */
  readonly isSure: boolean
} {
  const release = fileOf(readings, kernelFile)?.trim() ?? ''
  const windows = /microsoft|WSL/i.test(release)
  const own = ownFiles.flatMap((file) =>
    fileOf(readings, file) === null ? [] : [{ finding: 'wsl', file, value: 'present' } as const],
  )
  return {
    kernel: windows ? [{ finding: 'wsl', file: kernelFile, value: release }] : [],
    // Another kernel that could be read is no Windows, whatever a disk image brought along.
    own: windows || release === '' ? own : [],
    isSure: ownFiles.every((file) => isKnown(readings, file)),
  }
}

/** The first has no kernel of its own: it answers as a Linux 4.4 would. */
export function wslVersion(readings: Readings): 1 | 2 | null {
  const release = fileOf(readings, kernelFile)?.trim() ?? ''
  if (release === '') return null
  return /WSL2|microsoft-standard/i.test(release) ? 2 : release.endsWith('-Microsoft') ? 1 : null
}
