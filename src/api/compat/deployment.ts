import type { Deployment } from '../../core/detect/deployment.ts'
import type { DeploymentWords } from '../../protocol/compat/enterprise.ts'

/** Where this host runs, in the words of the enterprise updater; null: it could not be told. */
export function deploymentWords(deployment: Deployment | null): DeploymentWords {
  return { deployment_type: typeOf(deployment), container_type: containerType(deployment) }
}

function typeOf(deployment: Deployment | null): DeploymentWords['deployment_type'] {
  if (deployment === null) return 'unknown'
  switch (deployment.kind) {
    case 'docker':
    case 'podman':
    case 'container-other':
      return 'docker'
    case 'lxc':
      return 'proxmox_lxc'
    case 'unknown':
      return 'unknown'
    case 'nspawn':
    case 'vm':
    case 'bare-metal':
    case 'wsl':
    case 'windows':
    case 'macos':
      return deployment.development === null ? 'bare_metal' : 'development'
  }
}

function containerType(deployment: Deployment | null): DeploymentWords['container_type'] {
  if (deployment?.kind !== 'lxc') return null
  return deployment.unprivileged === null ? 'unknown' : deployment.unprivileged ? 'unprivileged' : 'privileged'
}

/** What of the enterprise updater's promises holds here. */
export const enterpriseFeatures = {
  zero_downtime_updates: false,
  permission_safe_operations: true,
  automatic_rollback: true,
  blue_green_deployment: false,
  deployment_aware_strategies: true,
  comprehensive_audit_logging: true,
} as const

export const enterpriseFeatureTexts: readonly string[] = [
  'Permission-safe file operations',
  'Automatic backup and rollback',
  'Deployment-aware update strategies',
  'Comprehensive error handling',
  'Comprehensive audit logging',
]

/** How a component is installed, by the type of its strategy. */
export function strategyText(type: string): string {
  switch (type) {
    case 'compose':
      return 'A new image by its digest, the container started anew, its volumes kept'
    case 'directory':
      return 'A new tree beside the old one, switched while the service is stopped'
    case 'files':
      return 'Permission-safe file replacement, all files or none'
    case 'git':
      return 'A commit checked out, local changes kept'
    default:
      return type
  }
}
