import type { Digest } from '../model/names.ts'

/** What a manifest is called, wherever it lies; the first that is there counts. */
export const manifestNames = ['update-manifest.yaml', 'update-manifest.json', 'update-manifest.yml'] as const

/** An update manifest after its schema (`protocol/manifest`): what a publisher says of a release, and no more than that. */
export interface Manifest {
  readonly version: string
  readonly component_type: ComponentType
  readonly component?: string | undefined
  readonly description?: string | undefined
  readonly min_remote_version?: string | undefined
  readonly pre_update_checks: readonly ManifestCheck[]
  readonly update_steps: readonly UpdateAction[]
  readonly post_update_checks: readonly ManifestCheck[]
  readonly rollback_steps: readonly RollbackAction[]
}

export const componentTypes = ['container', 'python_app', 'application'] as const
export type ComponentType = (typeof componentTypes)[number]

interface Described {
  readonly description?: string | undefined
}

interface CheckFields {
  readonly disk_space: { readonly minimum_mb: number }
  readonly memory: { readonly minimum_mb: number }
  readonly backup_exists: { readonly max_age_hours?: number | undefined }
  readonly service_running: { readonly service_name?: string | undefined }
  readonly network: object
  readonly permissions: object
  readonly service_active: { readonly service_name?: string | undefined; readonly timeout_seconds?: number | undefined }
  readonly container_running: {
    readonly container_name?: string | undefined
    readonly timeout_seconds?: number | undefined
  }
  readonly health_endpoint: {
    readonly url: string
    readonly timeout_seconds?: number | undefined
    readonly expected_status?: number | undefined
  }
  readonly tcp_port: { readonly port: number; readonly timeout_seconds?: number | undefined }
  readonly version_check: { readonly expected_version?: string | undefined }
}
export type CheckType = keyof CheckFields
export type ManifestCheck = {
  [T in CheckType]: { readonly type: T } & CheckFields[T] & Described
}[CheckType]

interface UpdateFields {
  readonly backup_compose: object
  readonly update_compose: { readonly service: string; readonly image_tag: string }
  readonly pull_image: { readonly image: string }
  readonly restart_service: { readonly service: string; readonly timeout_seconds?: number | undefined }
  readonly download_artifact: { readonly url: string; readonly checksum?: Digest | undefined }
  readonly backup_installation: { readonly source: string; readonly destination: string }
  readonly stop_service: { readonly service_name: string }
  readonly extract_artifact: { readonly archive: string; readonly destination: string }
  readonly install_requirements: { readonly requirements_file: string; readonly optional?: boolean | undefined }
  readonly run_migrations: { readonly script: string; readonly optional?: boolean | undefined }
  readonly start_service: { readonly service_name: string }
}
export type UpdateActionName = keyof UpdateFields
export type UpdateAction = {
  [A in UpdateActionName]: { readonly action: A } & UpdateFields[A] & Described
}[UpdateActionName]

interface RollbackFields extends Pick<UpdateFields, 'restart_service' | 'stop_service' | 'start_service'> {
  readonly restore_compose: object
  readonly restore_backup: { readonly source?: string | undefined; readonly destination: string }
}
export type RollbackActionName = keyof RollbackFields
export type RollbackAction = {
  [A in RollbackActionName]: { readonly action: A } & RollbackFields[A] & Described
}[RollbackActionName]

export type ManifestAction = UpdateAction | RollbackAction
