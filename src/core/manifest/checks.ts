import type { Spec } from '../model/names.ts'
import { sameVersion } from '../version/compare.ts'
import { type ManifestComponent, type ManifestPath, type ManifestRelease, type Reason, reason } from './facts.ts'
import type { ManifestCheck } from './manifest.ts'
import { isOwnAddress, isOwnPort, otherContainer, otherService, sameUrl } from './own.ts'

/** One check as the component's own are written, or why it is not asked. */
export function judgeCheck(
  check: ManifestCheck,
  path: ManifestPath,
  component: ManifestComponent,
  release: ManifestRelease,
): Spec | readonly Reason[] {
  const wrong = (key: string, message: string) => [reason([...path, key], message)]
  switch (check.type) {
    case 'disk_space':
    case 'memory':
      return { type: check.type, minimum_mb: check.minimum_mb }
    case 'network':
    case 'permissions':
      return { type: check.type }
    case 'backup_exists':
      return { type: check.type, ...given('max_age_hours', check.max_age_hours) }
    case 'service_running':
    case 'service_active': {
      const other = namedOther(check.service_name, component, otherService)
      if (other !== null) return wrong('service_name', other)
      if (!component.hasService) return wrong('type', `${component.name} has no service: leave this check out`)
      const patience = check.type === 'service_active' ? given('timeout_seconds', check.timeout_seconds) : {}
      return { type: check.type, ...patience }
    }
    case 'container_running': {
      const other = namedOther(check.container_name, component, otherContainer)
      if (other !== null) return wrong('container_name', other)
      if (!component.containers) return wrong('type', `${component.name} has no container: leave this check out`)
      return { type: check.type, ...given('timeout_seconds', check.timeout_seconds) }
    }
    case 'health_endpoint':
      return health(check, path, component)
    case 'tcp_port':
      if (!isOwnPort(check.port, component)) {
        return wrong(
          'port',
          `${check.port} is no port of ${component.name}: name it on this host, ${line(`{ type: tcp_port, port: ${check.port} }`)}`,
        )
      }
      return { type: check.type, port: check.port, ...given('timeout_seconds', check.timeout_seconds) }
    case 'version_check': {
      const { expected_version: expected } = check
      if (expected !== undefined && !sameVersion(expected, release.version, component.scheme)) {
        return wrong('expected_version', `expects ${expected}, but this release is ${release.version}`)
      }
      if (component.hasVersion) return { type: check.type }
      return wrong(
        'type',
        `where ${component.name} has its version is not known on this host. Say it: version: { file: VERSION }`,
      )
    }
  }
}

/** Only what is asked at the component's own host and port: a release must not send the host to another one. */
function health(
  check: Extract<ManifestCheck, { type: 'health_endpoint' }>,
  path: ManifestPath,
  component: ManifestComponent,
): Spec | readonly Reason[] {
  const { url, expected_status: status } = check
  if (!isOwnAddress(url, component)) {
    const add = line(`{ type: health_endpoint, url: ${JSON.stringify(url)} }`)
    return [reason([...path, 'url'], `${url} is no address of ${component.name}: name it on this host, ${add}`)]
  }
  const other = component.asked.find(
    (own) =>
      own.type === 'health_endpoint' &&
      sameUrl(own['url'], url) &&
      !allows(own['expected_status'] ?? 200, status ?? 200),
  )
  if (other !== undefined) {
    const own = JSON.stringify(other['expected_status'] ?? 200)
    return [reason([...path, 'expected_status'], `expects ${status ?? 200}, but this host expects ${own} from ${url}`)]
  }
  const fields = { ...given('expected_status', status), ...given('timeout_seconds', check.timeout_seconds) }
  return { type: 'health_endpoint', url, ...fields }
}

function allows(own: unknown, status: number): boolean {
  return Array.isArray(own) ? own.includes(status) : own === status
}

function line(check: string): string {
  return `checks: { after: [ ${check} ] }`
}

function namedOther(
  name: string | undefined,
  component: ManifestComponent,
  test: (name: string, component: ManifestComponent) => string | null,
): string | null {
  return name === undefined ? null : test(name, component)
}

function given<K extends string>(key: K, value: number | undefined): { readonly [key in K]?: number } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: number }
}
