/** What a caller may do; each includes those before it. */
export const scopes = ['read', 'operate', 'admin'] as const
export type Scope = (typeof scopes)[number]

export function covers(has: Scope, need: Scope): boolean {
  return scopes.indexOf(has) >= scopes.indexOf(need)
}

export function lesser(one: Scope, other: Scope): Scope {
  return covers(one, other) ? other : one
}
