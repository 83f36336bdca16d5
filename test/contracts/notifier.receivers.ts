import { readFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { SMTPServer } from 'smtp-server'

const fixtures = join(import.meta.dirname, '../fixtures/notify')

/** The authority that vouches for the mail server of these tests: its own certificate. */
export const authority = join(fixtures, 'server.pem')

export interface Posted {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What a receiver does with the next message. `hang`: it takes the connection and says nothing. */
export type Manner = 'takes' | 'refuses' | 'later' | 'broken' | 'hang' | 'redirects' | 'endless'

export interface Receiver extends AsyncDisposable {
  readonly port: number
  /** What came, as far as it was taken or refused by the receiver itself. */
  readonly seen: readonly Posted[]
  manner: Manner
}

/** A real web server that is posted to. */
export async function httpReceiver(
  port = 0,
  says: { readonly ok?: string; readonly no?: string } = {},
): Promise<Receiver> {
  const seen: Posted[] = []
  const state: { manner: Manner } = { manner: 'takes' }
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      seen.push({ method, path, headers, body: Buffer.concat(chunks).toString() })
      const no = says.no ?? `no service for ${path} ${headers.authorization ?? ''}`
      switch (state.manner) {
        case 'takes':
          return response.end(says.ok ?? 'ok')
        case 'refuses':
          return response.writeHead(404).end(no)
        case 'later':
          return response.writeHead(429, { 'retry-after': '120' }).end(no)
        case 'broken':
          return response.writeHead(503).end(no)
        case 'redirects':
          return response.writeHead(307, { location: '/elsewhere' }).end()
        case 'endless':
          response.writeHead(200)
          return response.write('x'.repeat(200_000))
        case 'hang':
          return undefined
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    get manner() {
      return state.manner
    },
    set manner(manner) {
      state.manner = manner
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export interface SmtpOptions {
  readonly port?: number
  readonly tls?: 'starttls' | 'tls' | 'none'
  /** The only ones that it lets in; absent: everybody. */
  readonly login?: { readonly user: string; readonly password: string }
  /** A recipient that it does not have. */
  readonly unknown?: string
}

export interface MailReceiver extends Receiver {
  /** Whether the connection of the last message was encrypted, and as whom it came. */
  readonly last: { secure: boolean; user: string | null }
}

/** A real mail server. `seen` has the messages, their headers by name. */
export async function smtpReceiver(options: SmtpOptions = {}): Promise<MailReceiver> {
  const { port = 0, tls = 'starttls', login, unknown } = options
  const seen: Posted[] = []
  const state: { manner: Manner } = { manner: 'takes' }
  const last: { secure: boolean; user: string | null } = { secure: false, user: null }
  const answerOf = () => {
    switch (state.manner) {
      case 'refuses':
        return Object.assign(new Error('5.7.1 not from there'), { responseCode: 550 })
      case 'later':
      case 'broken':
        return Object.assign(new Error('4.7.1 try again later'), { responseCode: 451 })
      case 'takes':
      case 'redirects':
      case 'endless':
      case 'hang':
        return null
    }
  }
  const server = new SMTPServer({
    key: readFileSync(join(fixtures, 'server-key.pem')),
    cert: readFileSync(authority),
    secure: tls === 'tls',
    authOptional: login === undefined,
    ...(tls === 'none' ? { hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true } : {}),
    disableReverseLookup: true,
    logger: false,
    onConnect: (_, done) => (state.manner === 'hang' ? undefined : done()),
    onAuth(auth, _, done) {
      const right = auth.username === login?.user && auth.password === login?.password
      if (right) done(null, { user: auth.username ?? '' })
      else done(Object.assign(new Error(`wrong password ${auth.password ?? ''}`), { responseCode: 535 }))
    },
    onRcptTo({ address }, _, done) {
      done(address === unknown ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null)
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        const headers = headersOf(body)
        seen.push({
          method: 'DATA',
          path: session.envelope.rcptTo.map(({ address }) => address).join(','),
          headers,
          body,
        })
        last.secure = session.secure
        last.user = typeof session.user === 'string' ? session.user : null
        done(answerOf())
      })
    },
  })
  server.on('error', () => {})
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.server.address() as AddressInfo).port,
    seen,
    last,
    get manner() {
      return state.manner
    },
    set manner(manner) {
      state.manner = manner
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}

function headersOf(mail: string): IncomingHttpHeaders {
  const head = mail.slice(0, mail.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ')
  return Object.fromEntries(
    head
      .split('\r\n')
      .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
}

/** As a mail program shows it. */
export function readMail({ body, headers }: Posted): string {
  const text = body.slice(body.indexOf('\r\n\r\n') + 4)
  const encoding = String(headers['content-transfer-encoding'])
  const decoded =
    encoding === 'base64'
      ? Buffer.from(text, 'base64').toString()
      : encoding === 'quoted-printable'
        ? Buffer.from(
            text
              .replaceAll('=\r\n', '')
              .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          ).toString()
        : text
  return `${subjectOf(headers['subject'])}\n${decoded}`
}

/** RFC 2047. */
function subjectOf(header: string | string[] | undefined): string {
  return String(header)
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?(B|Q)\?(.*?)\?=/g, (_, way: string, text: string) =>
      way === 'B'
        ? Buffer.from(text, 'base64').toString()
        : Buffer.from(
            text
              .replaceAll('_', ' ')
              .replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
            'latin1',
          ).toString(),
    )
}
