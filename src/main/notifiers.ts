import type { NotifierDeps } from '../host/notify.ts'
import { openSecrets } from '../host/secrets.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notifier, Notifiers } from '../ports/notifier.ts'
import { type Loaders, openAs } from './adapters.ts'
import { version } from './version.ts'

/** The code behind every kind of channel, loaded with the first message to one. */
export function notifierLoaders(deps: NotifierDeps): Loaders<Notifier<unknown>> {
  return {
    email: async () => (await import('../notifiers/email/index.ts')).emailNotifier(deps),
    slack: async () => (await import('../notifiers/slack/index.ts')).slackNotifier(deps),
    discord: async () => (await import('../notifiers/discord/index.ts')).discordNotifier(deps),
    webhook: async () => (await import('../notifiers/webhook/index.ts')).webhookNotifier(deps),
    teams: async () => (await import('../notifiers/teams/index.ts')).teamsNotifier(deps),
    ntfy: async () => (await import('../notifiers/ntfy/index.ts')).ntfyNotifier(deps),
    telegram: async () => (await import('../notifiers/telegram/index.ts')).telegramNotifier(deps),
  }
}

interface NotifiersOptions {
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
  /** Asked at each message, since a new config may allow other hosts. */
  readonly allowHttp: () => readonly string[]
}

export function openNotifiers({ clock, env, allowHttp }: NotifiersOptions): Notifiers {
  const secrets = openSecrets(env)
  return {
    async send(spec, message, context) {
      const hosts = allowHttp()
      const { httpPoster } = await import('../host/http/post.ts')
      const poster = httpPoster({ allowHttp: hosts, version, clock, environment: env })
      const loaders = notifierLoaders({ poster, secrets, clock, allowHttp: hosts })
      const { kind, config } = await openAs(loaders, spec, 'channel')
      await kind.send(config, message, context)
    },
  }
}
