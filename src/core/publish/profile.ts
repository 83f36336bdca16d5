/** How a publisher's keys are spread. Alone in its file: every command line loads it. */
export const profiles = ['solo', 'team'] as const
export type Profile = (typeof profiles)[number]
