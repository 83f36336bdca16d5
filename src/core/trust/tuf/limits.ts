/** What metadata may cost before anything in it is believed. */
export interface TufLimits {
  readonly rootBytesMax: number
  readonly timestampBytesMax: number
  readonly snapshotBytesMax: number
  readonly targetsBytesMax: number
  /** Root versions that one cycle walks; the next one goes on from there. */
  readonly rootRotationsMax: number
  /** Roles that one search for a target asks. */
  readonly rolesVisitedMax: number
}

export const tufLimits: TufLimits = {
  rootBytesMax: 512_000,
  timestampBytesMax: 16_384,
  snapshotBytesMax: 2_000_000,
  targetsBytesMax: 5_000_000,
  rootRotationsMax: 256,
  rolesVisitedMax: 32,
}
