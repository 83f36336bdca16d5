import { readFile } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { hostname } from 'node:os'
import { fail } from '../../core/model/problem.ts'
import type { Message } from '../../core/notify/event.ts'
import { allowsHttp } from '../../host/http/address.ts'
import type { NotifierDeps } from '../../host/notify.ts'
import { type Notifier, type SendContext, sendMsMax } from '../../ports/notifier.ts'
import { noticeOf, plainText } from '../../protocol/notice.ts'
import { insecureMail, mailFailure, someRefused } from './failures.ts'
import { type EmailConfig, emailSchema } from './schema.ts'

const limits = { greetingTimeout: 10_000, socketTimeout: 20_000 }
const connectMsMax = 10_000
const ports = { starttls: 587, tls: 465, none: 25 } as const

/** Plain text by SMTP: what a release says is shown and never interpreted. The client is loaded with the first message. */
export function emailNotifier({ secrets, allowHttp }: NotifierDeps): Notifier<EmailConfig> {
  return {
    kind: 'email',
    config: emailSchema,
    async send(config, message, context) {
      if (config.tls === 'none' && !allowsHttp(config.host, allowHttp)) throw insecureMail(config.host)
      const password = config.password === undefined ? null : await secrets.read(config.password)
      await deliver(config, password, message, context)
    },
  }
}

async function deliver(
  config: EmailConfig,
  password: string | null,
  message: Message,
  { language, signal }: SendContext,
): Promise<void> {
  const { createTransport } = await import('nodemailer')
  const { host, tls, user, ca } = config
  const line = new Line()
  const authority = ca === undefined ? {} : { ca: await authorityOf(ca) }
  const transport = createTransport({
    host,
    port: config.port ?? ports[tls],
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    ...(user === undefined || password === null ? {} : { auth: { user, pass: password } }),
    tls: authority,
    ...limits,
    getSocket: (_: unknown, done: (error: Error | null, socket?: { connection: Socket }) => void) =>
      line.open(host, config.port ?? ports[tls], done),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const notice = noticeOf(message, language)
  const both = AbortSignal.any([signal, AbortSignal.timeout(sendMsMax)])
  try {
    const sending = transport.sendMail({
      from: { name: `Belay (${message.host})`, address: config.from },
      to: [...config.to],
      subject: notice.title,
      text: `${plainText(notice)}\n`,
      date: new Date(message.at),
      // The same at a second attempt: mail programs show it once.
      messageId: `<${message.id}@${domainOf(config.from)}>`,
      // Nobody on holiday answers a program (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
    })
    const info = await Promise.race([sending, abortOf(both)])
    if (info.rejected.length > 0) throw someRefused(host, info.rejected.length, config.to.length)
  } catch (error) {
    throw mailFailure(error, host, { signal, deadline: both, secrets: password === null ? [] : [password] })
  } finally {
    line.close()
  }
}

/** The one connection of a message. The client leaves one that hangs to its time limits; here it ends with the message. */
class Line {
  private socket: Socket | null = null

  open(host: string, port: number, done: (error: Error | null, socket?: { connection: Socket }) => void): void {
    const socket = connect({ host, port })
    this.socket = socket
    const failed = (error: Error) => done(error)
    socket.setTimeout(connectMsMax, () => socket.destroy(new Error('connection timeout')))
    socket.once('error', failed)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', failed)
      done(null, { connection: socket })
    })
  }

  close(): void {
    this.socket?.on('error', () => {})
    this.socket?.destroy()
  }
}

/** Rejects when the signal aborts, and never else. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

async function authorityOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw fail('E_SECRET_MISSING', `The certificate of the authority, ${path}, cannot be read.`, {
      hint: 'Put the PEM file there, or correct "ca" of this channel.',
      cause,
    })
  }
}

function domainOf(from: string): string {
  return from.split('@').at(-1) ?? hostname()
}
