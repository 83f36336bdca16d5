/** Raised with each release: no clock is right that is before it. */
export const builtMs: number = Date.UTC(2026, 10, 21)
