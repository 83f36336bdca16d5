import { z } from 'zod'
import {
  componentTypes,
  type CheckType,
  type RollbackActionName,
  type UpdateActionName,
} from '../../core/manifest/manifest.ts'
import { digestSchema } from '../../core/model/names.ts'

/** An update manifest as it is written. Every text has a limit, and what is not known here is refused. */

/** A manifest of the size of a small book describes no update. */
export const manifestBytesMax = 65_536

const entriesMax = 50
const timeoutSecondsMax = 3600

const place = z.string().min(1).max(4096)
const name = z.string().min(1).max(250)
const address = z.url({ protocol: /^https?$/, error: 'write a whole address, beginning with https://' }).max(2048)
const version = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[0-9A-Za-z][0-9A-Za-z.+_~-]*$/, 'a version has letters, digits, dots, +, - and _ alone')
const megabytes = z.number().min(0).max(10_000_000)
const seconds = z.number().min(0).max(timeoutSecondsMax)
const prose = z.string().max(1000).optional()

const checkKeys = {
  disk_space: { minimum_mb: megabytes },
  memory: { minimum_mb: megabytes },
  backup_exists: { max_age_hours: z.number().positive().max(1_000_000).optional() },
  service_running: { service_name: name.optional() },
  network: {},
  permissions: {},
  service_active: { service_name: name.optional(), timeout_seconds: seconds.optional() },
  container_running: { container_name: name.optional(), timeout_seconds: seconds.optional() },
  health_endpoint: {
    url: address,
    timeout_seconds: seconds.optional(),
    expected_status: z.int().min(100).max(599).optional(),
  },
  tcp_port: { port: z.int().min(1).max(65_535), timeout_seconds: seconds.optional() },
  version_check: { expected_version: version.optional() },
} satisfies Record<CheckType, z.ZodRawShape>

const stopOrStart = { service_name: name }
const restart = { service: name, timeout_seconds: seconds.optional() }

const updateKeys = {
  backup_compose: {},
  update_compose: { service: name, image_tag: z.string().min(1).max(128) },
  pull_image: { image: z.string().min(1).max(512) },
  restart_service: restart,
  download_artifact: { url: address, checksum: digestSchema.optional() },
  backup_installation: { source: place, destination: place },
  stop_service: stopOrStart,
  extract_artifact: { archive: name, destination: place },
  install_requirements: { requirements_file: place, optional: z.boolean().optional() },
  run_migrations: { script: place, optional: z.boolean().optional() },
  start_service: stopOrStart,
} satisfies Record<UpdateActionName, z.ZodRawShape>

const rollbackKeys = {
  restore_compose: {},
  restart_service: restart,
  stop_service: stopOrStart,
  restore_backup: { source: place.optional(), destination: place },
  start_service: stopOrStart,
} satisfies Record<RollbackActionName, z.ZodRawShape>

/** One schema for each kind of entry, by its name; built when a manifest is read. */
export function entrySchemas() {
  const kinds = (tag: 'type' | 'action', keys: Readonly<Record<string, z.ZodRawShape>>) =>
    new Map<string, z.ZodType>(
      Object.entries(keys).map(([kind, shape]) => [
        kind,
        z.strictObject({ [tag]: z.literal(kind), ...shape, description: prose }),
      ]),
    )
  return {
    pre_update_checks: { tag: 'type', kinds: kinds('type', checkKeys) },
    update_steps: { tag: 'action', kinds: kinds('action', updateKeys) },
    post_update_checks: { tag: 'type', kinds: kinds('type', checkKeys) },
    rollback_steps: { tag: 'action', kinds: kinds('action', rollbackKeys) },
  } as const
}

/** All but the entries, which are looked at one by one. */
export function headSchema() {
  const entries = z.array(z.unknown()).max(entriesMax).default([])
  return z.strictObject({
    version,
    component_type: z.enum(componentTypes),
    component: name.optional(),
    description: prose,
    min_remote_version: version.optional(),
    pre_update_checks: entries,
    update_steps: entries,
    post_update_checks: entries,
    rollback_steps: entries,
  })
}
