import type { Say } from '../ports/agent.ts'
import type { Settings } from '../protocol/settings.ts'

/** What holds from now on, and what in it will never come to pass. */
export function greet(say: Say, { components }: Settings, word: string): void {
  const { size } = components
  say({ level: 'info', component: null, run: null, text: `${word}, with ${size} component${size === 1 ? '' : 's'}` })
  for (const [component, { check, policy }] of components) {
    if (policy.auto === 'none' || policy.window !== null || check.every.kind !== 'off') continue
    const text = `policy.auto is ${policy.auto}, but its checks are off and it has no window: nothing is installed by itself`
    say({ level: 'warn', component, run: null, text })
  }
}
