import type { Spec } from '../model/names.ts'
import type { ManifestComponent } from './facts.ts'

/** What is the component's own: nothing else is asked, stopped, or named by its manifest. */

/** Why that is none of its services; null: it is one. */
export function otherService(
  name: string,
  { services, hasService, name: component }: ManifestComponent,
): string | null {
  if (!hasService) return `${component} has no service that belay stops or starts: leave this out`
  const bare = (text: string) => text.replace(/\.service$/, '')
  if (services.map(bare).includes(bare(name))) return null
  return services.length === 0
    ? `${JSON.stringify(name)} is not a service of ${component}, whose service goes by no name: leave it out`
    : `${JSON.stringify(name)} is not a service of ${component}: write ${services.join(' or ')}`
}

export function otherContainer(name: string, component: ManifestComponent): string | null {
  if (!component.containers) return `${component.name} has no container: leave this check out`
  const known = [...component.services, ...component.containerNames]
  if (known.includes(name)) return null
  return `${JSON.stringify(name)} is not a container of ${component.name}: write ${known.join(' or ')}`
}

/** Host and port as a question reaches them: this host's names are one. */
function addressOf(url: string): string | null {
  const parsed = URL.parse(url)
  if (parsed === null) return null
  return `${hostOf(parsed.hostname)}:${parsed.port === '' ? (parsed.protocol === 'https:' ? '443' : '80') : parsed.port}`
}

function hostOf(host: string): string {
  return /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\]|::1)$/i.test(host) ? 'localhost' : host.toLowerCase()
}

/** Whether two addresses ask the same of the same. */
export function sameUrl(a: unknown, b: unknown): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return a === b
  const [one, other] = [URL.parse(a), URL.parse(b)]
  if (one === null || other === null) return a === b
  const rest = ({ protocol, pathname, search }: URL) => `${protocol} ${pathname}${search}`
  return addressOf(a) === addressOf(b) && rest(one) === rest(other)
}

/** Host and port of everything that the local config asks over the network. */
function ownAddresses(asked: readonly Spec[]): readonly string[] {
  return asked.flatMap((spec) => {
    const { url, http, port, host } = spec
    const named = [url, http].flatMap((text) => (typeof text === 'string' ? (addressOf(text) ?? []) : []))
    const open = typeof port === 'number' ? [`${hostOf(typeof host === 'string' ? host : 'localhost')}:${port}`] : []
    return [...named, ...open]
  })
}

export function isOwnAddress(url: string, { asked }: ManifestComponent): boolean {
  const address = addressOf(url)
  return address !== null && ownAddresses(asked).includes(address)
}

export function isOwnPort(port: number, { asked }: ManifestComponent): boolean {
  return ownAddresses(asked).includes(`localhost:${port}`)
}
