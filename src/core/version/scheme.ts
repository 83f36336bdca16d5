export const schemes = ['semver', 'pep440', 'calver', 'loose'] as const
export type Scheme = (typeof schemes)[number]
