import { containerCases } from './container-engine.containers.ts'
import { imageCases } from './container-engine.images.ts'
import type { EngineCase } from './container-engine.support.ts'

export { type EngineSubject, present } from './container-engine.support.ts'

/** What every container engine does for belay, asked of a real one. */
export const engineContract: readonly EngineCase[] = [...imageCases, ...containerCases]
