/**
 * Parties: Sigstore's certificate authority, which writes into each certificate who signed: a workflow of a repository at
 * a ref, as GitHub's token said it. Anybody's workflow gets such certificates, so the whole decision lies in this
 * comparison. It compares whole texts: a pattern would let `repoX` pass for `repo.X`, and a missing end let
 * `…@refs/tags/v1` pass for `…@refs/tags/v1-evil`.
 */
import { type Problem, problem } from '../../model/problem.ts'

/** `trust.attestation` of a component. */
export interface AttestationSettings {
  /** owner/name on github.com, or the whole address elsewhere. */
  readonly repo: string
  /** File of the workflow: `release.yml`, or `owner/name/.github/workflows/x.yml@ref` for one of another repository. */
  readonly workflow: string
  /** `refs/tags/{tag}` when left out; `{tag}` and `{version}` are those of the release. */
  readonly ref?: string | null | undefined
  readonly issuer?: string | null | undefined
}

export const githubIssuer = 'https://token.actions.githubusercontent.com'

/** What the certificate must say, word for word. */
export interface ExpectedBuild {
  readonly subject: string
  readonly issuer: string
  /** null: the subject alone decides, as for signatures of people and of other services. */
  readonly source: { readonly repository: string; readonly ref: string } | null
}

/** Who signed, as the certificate says it; null: it does not say. */
export interface Signer {
  /** Its only name; null when it has several, or none. */
  readonly subject: string | null
  readonly issuer: string | null
  readonly repository: string | null
  readonly ref: string | null
}

export interface ReleaseName {
  readonly tag: string
  readonly version: string
}

/** The one build that may have made this release. */
export function expectedBuild(settings: AttestationSettings, { tag, version }: ReleaseName): ExpectedBuild {
  const repository = settings.repo.includes('://') ? settings.repo : `https://github.com/${settings.repo}`
  // Replaced in one pass by a function: what stands in a tag is never looked at again.
  const ref = (settings.ref ?? 'refs/tags/{tag}').replaceAll(/\{(tag|version)\}/g, (_, name) =>
    name === 'tag' ? tag : version,
  )
  const source = { repository, ref }
  return { subject: subjectOf(settings.workflow, source), issuer: settings.issuer ?? githubIssuer, source }
}

function subjectOf(workflow: string, { repository, ref }: { repository: string; ref: string }): string {
  if (workflow.includes('://')) return workflow
  const host = new URL(repository).origin
  if (workflow.includes('@')) return `${host}/${workflow}`
  const path = workflow.includes('/') ? workflow : `.github/workflows/${workflow}`
  return `${repository}/${path}@${ref}`
}

/** null: it is the one that is trusted. E_SIGNER_UNTRUSTED with what differs, first what tells most. */
export function compareSigner(signer: Signer, expected: ExpectedBuild, about: string): Problem | null {
  const { source } = expected
  const asked: readonly (readonly [what: string, found: string | null, wanted: string])[] = [
    ['issuer', signer.issuer, expected.issuer],
    ...(source === null ? [] : ([['repository', signer.repository, source.repository]] as const)),
    ...(source === null ? [] : ([['ref', signer.ref, source.ref]] as const)),
    [source === null ? 'identity' : 'workflow', signer.subject, expected.subject],
  ]
  const wrong = asked.find(([, found, wanted]) => found !== wanted)
  if (wrong === undefined) return null
  const [what, found, wanted] = wrong
  const shown = found === null ? 'none that can be told' : found.slice(0, 300)
  return problem('E_SIGNER_UNTRUSTED', `${about} is signed with the ${what} ${shown}, and ${wanted} is trusted`, {
    hint:
      what === 'ref'
        ? 'Where tags are called otherwise than versions, set trust.attestation.ref, such as refs/tags/v{version}. Else ask the publisher what the release was built from.'
        : 'Ask the publisher where releases are built. If it moved, change the trust of this component in the config.',
    facts: { what, found: found?.slice(0, 300) ?? null, wanted },
  })
}
