/** One systemd manager: the system's, or a user's. `user`: whose it is, null for our own. */
export interface Manager {
  readonly scope: 'system' | 'user'
  readonly user: string | null
}
