import { containerCases } from './container-engine.containers.ts'
import { imageCases } from './container-engine.images.ts'
import { loadCases } from './container-engine.load.ts'
import type { EngineCase } from './container-engine.support.ts'

export { type EngineSubject, present, startStuck } from './container-engine.support.ts'

/** What every container engine does for belay, asked of a real one. */
export const engineContract: readonly EngineCase[] = [...imageCases, ...loadCases, ...containerCases]
