import type { z } from 'zod'
import type { Deployment } from '../../core/detect/deployment.ts'
import type { CheckReport, RunDetails, StatusReport } from '../../ports/engine.ts'
import type {
  deploymentInfoSchema,
  enterpriseCheckSchema,
  startUpdateSchema,
  updateStatusSchema,
} from '../../protocol/compat/enterprise.ts'
import { type CompatPhase, compatPhase } from '../../protocol/compat/phase.ts'
import type { Begun } from '../runs/start.ts'
import { deploymentWords, enterpriseFeatures, enterpriseFeatureTexts, strategyText } from './deployment.ts'
import { answered, unknownVersion } from './system.ts'

const pathsMax = 20

/** `path`: where the component is installed; null: nowhere yet. */
export function deploymentInfo(
  deployment: Deployment,
  strategy: string,
  path: string | null,
): z.infer<typeof deploymentInfoSchema> {
  const found = deployment.applications.map((candidate) => candidate.path)
  return {
    status: 'success',
    ...deploymentWords(deployment),
    application_path: path,
    detected_paths: [...new Set([...(path === null ? [] : [path]), ...found])].slice(0, pathsMax),
    enterprise_features: enterpriseFeatures,
    strategy_description: strategyText(strategy),
  }
}

export function enterpriseCheck(
  deployment: Deployment,
  strategy: string,
  report: CheckReport,
): z.infer<typeof enterpriseCheckSchema> {
  const { current, latest, update_available, release_notes } = answered(report)
  return {
    status: 'success',
    ...deploymentWords(deployment),
    current_version: current ?? unknownVersion,
    latest_version: latest,
    has_update: update_available,
    release_notes: release_notes ?? '',
    enterprise_features: enterpriseFeatureTexts,
    update_method: strategy,
  }
}

export function startUpdate(deployment: Deployment, strategy: string, begun: Begun): z.infer<typeof startUpdateSchema> {
  const started = 'started' in begun
  return {
    status: 'success',
    message: started ? `The update of ${begun.started.component} is started.` : 'There is nothing to update.',
    ...deploymentWords(deployment),
    update_method: strategy,
    features: enterpriseFeatureTexts,
    run: started ? begun.started.run : null,
  }
}

/** What ended longer ago is history: nothing goes on. */
const endedMsMax = 15 * 60_000

/** The state of the updater. `run`: the last one of the component, null: there was none; `now`: ms since the epoch. */
export function updateState(status: StatusReport, run: RunDetails | null, now: number): CompatPhase {
  const ended = run?.closed ?? null
  if (run !== null && ended === null) return compatPhase(run.phase)
  // Held, and no run yet: it is being found out what would be done.
  if (status.lock !== null) return 'checking'
  return run === null || ended === null || now - Date.parse(ended) > endedMsMax ? 'idle' : compatPhase(run.phase)
}

export function updateStatus(
  deployment: Deployment,
  state: CompatPhase,
  told: { readonly percent: number; readonly message: string } | null,
): z.infer<typeof updateStatusSchema> {
  const idle = state === 'idle' || told === null
  return {
    status: 'success',
    update_state: state,
    progress: idle ? 0 : told.percent,
    message: idle ? 'Nothing is being updated.' : told.message,
    ...deploymentWords(deployment),
    enterprise_features: enterpriseFeatureTexts,
  }
}
