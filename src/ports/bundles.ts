/** Making one file for a host without a network. */
export interface BundleRequest {
  /** A component of the config, or a publisher's own repository (`product` null: the only one in it). */
  readonly of:
    | { readonly component: string }
    | { readonly repo: string; readonly product: string | null; readonly channel: string }
  /** null: the newest. */
  readonly version: string | null
  /** `linux-arm64`; none: this host's. */
  readonly platforms: readonly string[]
  /** An absolute path. */
  readonly out: string
  /** Each file, when it is there: a release may take long to fetch. */
  readonly told: (file: { readonly path: string; readonly bytes: number }) => void
  readonly signal: AbortSignal
}

export interface MadeBundle {
  readonly file: string
  readonly bytes: number
  readonly source: string
  readonly version: string
  readonly platforms: readonly string[]
  readonly files: readonly { readonly path: string; readonly bytes: number }[]
}
