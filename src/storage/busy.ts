/** How long somebody else's write is waited for: one flush of a worn SD card may take more than ten seconds. */
export const busyMsMax = 20_000
