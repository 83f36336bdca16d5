import { backupExistsSchema } from '../checks/backup-exists/schema.ts'
import { commandCheckSchema } from '../checks/command/schema.ts'
import { diskSpaceSchema } from '../checks/disk-space/schema.ts'
import { healthEndpointSchema } from '../checks/health-endpoint/schema.ts'
import { memorySchema } from '../checks/memory/schema.ts'
import { networkSchema } from '../checks/network/schema.ts'
import { permissionsSchema } from '../checks/permissions/schema.ts'
import { serviceActiveSchema } from '../checks/service-active/schema.ts'
import { serviceRunningSchema } from '../checks/service-running/schema.ts'
import { tcpPortSchema } from '../checks/tcp-port/schema.ts'
import { versionCheckSchema } from '../checks/version-check/schema.ts'
import { pathBackupSchema } from '../backups/path/schema.ts'
import { sqliteBackupSchema } from '../backups/sqlite/schema.ts'
import { commandProbeSchema } from '../probes/command/schema.ts'
import { fileProbeSchema } from '../probes/file/schema.ts'
import { httpProbeSchema } from '../probes/http/schema.ts'
import { noneProbeSchema } from '../probes/none/schema.ts'
import { packageProbeSchema } from '../probes/package/schema.ts'
import type { Kinds } from '../protocol/config/schema.ts'
import { specOf } from '../protocol/config/spec.ts'
import { noServiceSchema } from '../services/none/schema.ts'
import { processServiceSchema } from '../services/process/schema.ts'
import { systemdServiceSchema } from '../services/systemd/schema.ts'
import { giteaConfigSchema } from '../sources/gitea/schema.ts'
import { githubConfigSchema } from '../sources/github/schema.ts'
import { gitlabConfigSchema } from '../sources/gitlab/schema.ts'
import { httpConfigSchema } from '../sources/http/schema.ts'
import { directorySchema } from '../strategies/directory/schema.ts'

/** Every adapter's schema by port and kind. A new adapter is one folder and one line here and in `loaders.ts`. */
export function allKinds(): Kinds {
  const services = { none: noServiceSchema, process: processServiceSchema, systemd: systemdServiceSchema }
  return {
    services,
    sources: {
      github: githubConfigSchema,
      gitlab: gitlabConfigSchema,
      gitea: giteaConfigSchema,
      http: httpConfigSchema,
    },
    strategies: { directory: directorySchema(specOf('service', services)) },
    checks: {
      disk_space: diskSpaceSchema,
      backup_exists: backupExistsSchema,
      service_running: serviceRunningSchema,
      network: networkSchema,
      permissions: permissionsSchema,
      memory: memorySchema,
      service_active: serviceActiveSchema,
      health_endpoint: healthEndpointSchema,
      tcp_port: tcpPortSchema,
      version_check: versionCheckSchema,
      command: commandCheckSchema,
    },
    backups: { path: pathBackupSchema, sqlite: sqliteBackupSchema },
    probes: {
      file: fileProbeSchema,
      command: commandProbeSchema,
      http: httpProbeSchema,
      package: packageProbeSchema,
      none: noneProbeSchema,
    },
  }
}
