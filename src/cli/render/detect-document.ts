import type { Candidate, Deployment, Limit, Privileges, StrategyChoice } from '../../core/detect/deployment.ts'
import { hostSentence, limitText, reasonOf } from './detect-words.ts'

/** What programs read, in snake_case as everywhere: the codes, and the English sentence of each beside it. */
export function detectDocument(host: Deployment) {
  const { containerId, strategy, fits, limits, privileges, applications, ...same } = host
  return {
    message: hostSentence(host),
    ...same,
    container_id: containerId,
    privileges: privilegesDocument(privileges),
    strategy: choiceDocument(strategy),
    fits: fits.map(choiceDocument),
    limits: limits.map(limitDocument),
    applications: applications.map(candidateDocument),
  }
}

export type DetectDocument = ReturnType<typeof detectDocument>

function privilegesDocument({ noNewPrivileges, readOnly, ...same }: Privileges) {
  return { ...same, no_new_privileges: noNewPrivileges, read_only: readOnly }
}

function choiceDocument({ localChanges, ...same }: StrategyChoice) {
  return {
    ...same,
    ...(localChanges === undefined ? {} : { local_changes: localChanges }),
    message: reasonOf(same.why),
  }
}

function limitDocument(limit: Limit): Limit & { readonly message: string; readonly hint: string } {
  return { ...limit, ...limitText(limit) }
}

function candidateDocument({ parentWritable, ...same }: Candidate) {
  return { ...same, parent_writable: parentWritable }
}
