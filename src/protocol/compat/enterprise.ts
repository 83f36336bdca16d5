import { z } from 'zod'
import { listOf, timeSchema } from '../api/json.ts'
import { compatPhases } from './phase.ts'

/** What the appliance's enterprise updater answers. */

const success = z.literal('success')
const deploymentTypes = ['docker', 'proxmox_lxc', 'bare_metal', 'development', 'unknown'] as const

export const deploymentShape = {
  deployment_type: z.enum(deploymentTypes),
  /** Of an LXC container alone. */
  container_type: z.enum(['privileged', 'unprivileged', 'unknown']).nullable(),
}
export type DeploymentWords = Readonly<z.infer<ReturnType<typeof z.object<typeof deploymentShape>>>>

const features = [
  'zero_downtime_updates',
  'permission_safe_operations',
  'automatic_rollback',
  'blue_green_deployment',
  'deployment_aware_strategies',
  'comprehensive_audit_logging',
] as const

export const deploymentInfoSchema = z.object({
  status: success,
  ...deploymentShape,
  application_path: z.string().nullable(),
  detected_paths: listOf(z.string()),
  enterprise_features: z.record(z.enum(features), z.boolean()),
  strategy_description: z.string(),
})

export const enterpriseCheckSchema = z.object({
  status: success,
  ...deploymentShape,
  current_version: z.string(),
  latest_version: z.string().nullable(),
  has_update: z.boolean(),
  release_notes: z.string(),
  enterprise_features: listOf(z.string()),
  update_method: z.string(),
})

export const startUpdateSchema = z.object({
  status: success,
  message: z.string(),
  ...deploymentShape,
  update_method: z.string(),
  features: listOf(z.string()),
  /** null: there was nothing to do. */
  run: z.string().nullable(),
})

export const updateStatusSchema = z.object({
  status: success,
  update_state: z.enum(compatPhases),
  progress: z.int().min(0).max(100),
  message: z.string(),
  ...deploymentShape,
  enterprise_features: listOf(z.string()),
})

/** `/api/update/*`, its later endpoints. */

const commitShape = { sha: z.string(), message: z.string().nullable(), date: timeSchema.nullable() }
const commitSchema = z.object({ ...commitShape, author: z.string().nullable() })

export const applianceCheckSchema = z.object({
  update_available: z.boolean(),
  current_version: z.string().nullable(),
  latest_version: z.string().nullable(),
  update_info: commitSchema.nullable(),
  last_check: timeSchema.nullable(),
})

export const applianceStatusSchema = z.object({
  repo_path: z.string().nullable(),
  current_commit: z.string().nullable(),
  update_available: z.boolean(),
  update_info: commitSchema.nullable(),
  last_check: timeSchema.nullable(),
  backups: z.int(),
  recent_commits: listOf(commitSchema),
})

export const applianceHistorySchema = z.object({ commits: listOf(commitSchema) })

export const applianceBackupsSchema = z.object({
  backups: listOf(z.object({ name: z.string(), path: z.string(), date: timeSchema, size: z.number() })),
})

/** `success`: it was done, or where it takes longer, it was begun. */
export const applianceRunSchema = z.object({
  success: z.boolean(),
  message: z.string(),
  backup_path: z.string().nullable(),
  restart_required: z.boolean(),
  restart_attempted: z.boolean(),
  restart_success: z.boolean().nullable(),
  run: z.string().nullable(),
})
