/** One signature as the registry had it. */
export type ImageSignature =
  | {
      readonly kind: 'text'
      readonly payload: Uint8Array
      /** Base64. */
      readonly signature: string
      /** PEM, and what the log said, of signatures that Sigstore vouches for. */
      readonly certificate: string | null
      readonly log: unknown
    }
  | { readonly kind: 'bundle'; readonly bundle: unknown }
