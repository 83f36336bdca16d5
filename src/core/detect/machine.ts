import type { Evidence } from './deployment.ts'
import { type FileRead, fileOf, isKnown, type Readings } from './readings.ts'

const makers =
  /QEMU|KVM|VMware|VirtualBox|innotek|Xen|Bochs|Parallels|BHYVE|Amazon EC2|Google Compute|OpenStack|Virtual Machine|DigitalOcean|Hetzner|Firecracker|dummy-virt/i

/** Whether a machine that is no container is a real one; null: nothing here would say so. */
export function machineKind(readings: Readings): {
  readonly kind: 'vm' | 'bare-metal'
  readonly evidence: readonly Evidence[]
} | null {
  const signs = [...named(readings), ...flagged(readings)]
  if (signs.length > 0) return { kind: 'vm', evidence: signs }
  if (![...nameFiles, flagsFile].every((file) => isKnown(readings, file))) return null
  const evidence = [...model(readings), ...unflagged(readings)]
  return evidence.length === 0 ? null : { kind: 'bare-metal', evidence }
}

const nameFiles: readonly FileRead[] = [
  '/sys/hypervisor/type',
  '/sys/class/dmi/id/sys_vendor',
  '/sys/class/dmi/id/product_name',
  '/proc/device-tree/model',
]

function named(readings: Readings): readonly Evidence[] {
  return nameFiles.flatMap((file) => {
    const value = fileOf(readings, file)?.trim() ?? ''
    if (value === '' || (file !== '/sys/hypervisor/type' && !makers.test(value))) return []
    return [{ finding: 'vm', file, value } as const]
  })
}

const flagsFile: FileRead = '/proc/cpuinfo'

/** What the reader keeps of it. */
export const hypervisorFlag = 'hypervisor'
export const noHypervisorFlag = 'no hypervisor'

function flagged(readings: Readings): readonly Evidence[] {
  if (fileOf(readings, flagsFile) !== hypervisorFlag) return []
  return [{ finding: 'vm', file: flagsFile, value: 'the processor has the flag "hypervisor"' }]
}

function unflagged(readings: Readings): readonly Evidence[] {
  if (fileOf(readings, flagsFile) !== noHypervisorFlag) return []
  return [{ finding: 'bare-metal', file: flagsFile, value: 'the processor has no flag "hypervisor"' }]
}

function model(readings: Readings): readonly Evidence[] {
  return (['/sys/class/dmi/id/product_name', '/proc/device-tree/model'] as const).flatMap((file) => {
    const value = fileOf(readings, file)?.trim() ?? ''
    return value === '' ? [] : [{ finding: 'bare-metal', file, value } as const]
  })
}
