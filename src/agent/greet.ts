import type { Say } from '../ports/agent.ts'
import type { Settings } from '../protocol/settings.ts'
import { sentence } from './updates.ts'

/** What holds from now on, and what in it will never come to pass. */
export function greet(say: Say, { components, overrides }: Settings, word: string): void {
  const { size } = components
  say({ level: 'info', component: null, run: null, text: `${word}, with ${size} component${size === 1 ? '' : 's'}` })
  const tell = (text: string) => say({ level: 'warn', component: null, run: null, text })
  if (overrides !== undefined && overrides.problem !== null) {
    tell(`what the page set does not hold: ${sentence(overrides.problem)}`)
  }
  for (const name of overrides?.gone ?? []) {
    tell(`${overrides?.file} speaks of ${name}, which the config does not have: it is passed over`)
  }
  for (const [component, { check, policy }] of components) {
    if (policy.auto === 'none' || policy.window !== null || check.every.kind !== 'off') continue
    const text = `policy.auto is ${policy.auto}, but its checks are off and it has no window: nothing is installed by itself`
    say({ level: 'warn', component, run: null, text })
  }
}
