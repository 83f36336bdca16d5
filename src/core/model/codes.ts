/**
 * The closed list of problem codes. Codes are promises: they are only ever added.
 * Texts for people live in `protocol/messages`; a test proves that every code has one in each language.
 */
export const problemCodes = [
  // usage and configuration
  'E_USAGE',
  'E_CONFIG_NOT_FOUND',
  'E_CONFIG_INVALID',
  'E_COMPONENT_UNKNOWN',
  'E_SECRET_MISSING',
  // sources and network
  'E_NETWORK',
  'E_TIMEOUT',
  'E_HTTP_STATUS',
  'E_HTTP_INSECURE',
  'E_NOT_FOUND',
  'E_UNAUTHORIZED',
  'E_RATE_LIMITED',
  'E_RESPONSE_INVALID',
  'E_RESPONSE_TOO_LARGE',
  'E_NO_RELEASE',
  'E_NO_ASSET',
  'E_VERSION_UNKNOWN',
  'E_VERSION_NOT_FOUND',
  // genuineness
  'E_CHECKSUM_MISMATCH',
  'E_CHECKSUM_MISSING',
  'E_TRUST_TOO_LOW',
  // archives
  'E_ARCHIVE_FORMAT',
  'E_ARCHIVE_CORRUPT',
  'E_ARCHIVE_HOSTILE',
  'E_ARCHIVE_TOO_LARGE',
  // the machine
  'E_DISK_FULL',
  'E_READ_ONLY',
  'E_PERMISSION',
  'E_IO',
  'E_COMMAND_FAILED',
  'E_COMMAND_NOT_FOUND',
  'E_PLATFORM',
  // strategies
  'E_TARGET_FOREIGN',
  'E_TARGET_MOUNT',
  'E_PARENT_NOT_WRITABLE',
  'E_PATH_INVALID',
  'E_NO_WAY_BACK',
  'E_NOT_INSTALLED',
  'E_COMPOSE_INVALID',
  'E_COMPOSE_IMAGE',
  'E_FILE_CHANGED',
  'E_LOCAL_CHANGES',
  'E_DATA_TRACKED',
  // containers
  'E_ENGINE_UNREACHABLE',
  'E_ENGINE_ANSWER',
  'E_PULL_FAILED',
  // services and checks
  'E_SERVICE_NOT_FOUND',
  'E_SERVICE_START',
  'E_SERVICE_STOP',
  'E_CHECK_FAILED',
  // backups
  'E_BACKUP_FAILED',
  'E_BACKUP_MISSING',
  'E_BACKUP_UNREADABLE',
  'E_DATA_CHOICE',
  // the engine
  'E_LOCKED',
  'E_UNFINISHED_RUN',
  'E_JOURNAL_MISSING',
  'E_JOURNAL_UNREADABLE',
  'E_STATE_UNSAFE',
  'E_INTERRUPTED',
  'E_CANCELLED',
  'E_HELD',
  'E_STUCK',
  'E_INTERNAL',
  // the agent
  'E_AGENT_ABSENT',
  // belay itself
  'E_SELF_LAYOUT',
  'E_SELF_UNCONFIRMED',
  'E_SELF_DRIVER',
  // the agent's API
  'E_REQUEST_INVALID',
  'E_REQUEST_TOO_LARGE',
  'E_LOGIN_NEEDED',
  'E_FORBIDDEN',
  'E_TOO_MANY_ATTEMPTS',
  'E_LISTEN',
  'E_CONFLICT',
  'E_STOPPING',
  // signed metadata
  'E_METADATA_INVALID',
  'E_METADATA_UNSIGNED',
  'E_METADATA_ROLLBACK',
  'E_METADATA_MISMATCH',
  'E_METADATA_EXPIRED',
  'E_METADATA_MEMORY',
  'E_CLOCK_SUSPECT',
  'E_TARGET_UNKNOWN',
  'E_RELEASE_FLOORED',
  // publishing
  'E_KEY_LOCKED',
  'E_KEY_MISSING',
  'E_RELEASE_EXISTS',
  // signatures
  'E_SIGNATURE_MISSING',
  'E_SIGNATURE_INVALID',
  'E_SIGNATURE_OTHER',
  'E_SIGNER_UNTRUSTED',
  // update manifests
  'E_MANIFEST_MISSING',
  'E_MANIFEST_REFUSED',
  // messages to people
  'E_NOTIFY_REFUSED',
  // bundles for hosts without a network
  'E_BUNDLE_INVALID',
  'E_BUNDLE_FOREIGN',
  // two slots behind one front door
  'E_TRAFFIC_UNREACHABLE',
  'E_TRAFFIC_CONFIG',
  'E_TRAFFIC_REFUSED',
  'E_NOT_SERVED',
  'E_SLOT_UNFIT',
] as const

export type ProblemCode = (typeof problemCodes)[number]
