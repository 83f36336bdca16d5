import { join } from 'node:path'
import { addressInvalid } from './failures.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** How an engine is reached. `tls`: the folder with ca.pem, cert.pem and key.pem; null: plain. */
export type Endpoint =
  | { readonly kind: 'unix'; readonly address: string; readonly path: string }
  | {
      readonly kind: 'tcp'
      readonly address: string
      readonly host: string
      readonly port: number
      readonly tls: string | null
    }

const portPlain = 2375
const portTls = 2376

/** An address as DOCKER_HOST spells it. `tlsDir`: where it says its certificates are. Errors: E_ENGINE_UNREACHABLE. */
export function endpointOf(address: string, tlsDir: string | null): Endpoint {
  const path = /^unix:\/\/(\/.*)$/.exec(address)?.[1] ?? (address.startsWith('/') ? address : null)
  if (path !== null) return { kind: 'unix', address: `unix://${path}`, path }
  const url = /^(tcp|http):\/\/[^/]/.test(address) ? URL.parse(address.replace(/^tcp:/, 'http:')) : null
  // What is not understood must not be left out: the rest would be another address.
  if (url === null || `${url.username}${url.search}${url.hash}` !== '' || url.pathname !== '/')
    throw addressInvalid(address)
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  // `http:` hides its own default port.
  const written = /:(\d+)\/?$/.exec(address)?.[1]
  const port = written === undefined ? (tlsDir === null ? portPlain : portTls) : Number(written)
  return { kind: 'tcp', address, host, port, tls: tlsDir }
}

/** As the docker client reads it: DOCKER_TLS_VERIFY asks for TLS, DOCKER_CERT_PATH says where the certificates are. */
export function tlsDirOf(environment: Environment, home: string): string | null {
  if ((environment['DOCKER_TLS_VERIFY'] ?? '') === '') return null
  return environment['DOCKER_CERT_PATH'] ?? environment['DOCKER_CONFIG'] ?? join(home, '.docker')
}
