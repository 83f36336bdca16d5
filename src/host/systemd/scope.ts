/** One systemd manager: the system's, or a user's. `user`: whose it is, null for our own. */
export interface Manager {
  readonly scope: 'system' | 'user'
  readonly user: string | null
}

/** Whose manager holds a unit. `user` of the config is asked of root alone; `owner` is who the application belongs to. */
export function managerOf(
  config: { readonly scope: 'system' | 'user'; readonly user?: string | undefined },
  owner: string | null,
): Manager {
  const user = config.scope === 'user' && process.getuid?.() === 0 ? (config.user ?? owner) : null
  return { scope: config.scope, user }
}
