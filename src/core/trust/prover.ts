import type { Digest, Spec } from '../model/names.ts'
import type { Problem } from '../model/problem.ts'
import { type Artifact, type Proof, type Release, type Rung, rungs } from '../model/release.ts'
import type { SignatureDemand } from './signature-demand.ts'
import type { TrustSettings } from './settings.ts'

/**
 * The seam for every kind of proof. To add one: write a function that takes a `Question` and gives a `Finding`, and put
 * it into `src/main/provers.ts` with the rung that it can reach and a cheap test whether the config names its keys. It is
 * asked before the plan is made, of the one release that was decided for; those of higher rungs come first. A prover
 * decides about files and answers that it reads by `read`; the code behind it is loaded when it is first asked.
 */
export interface Prover {
  readonly rung: Rung
  /** Whether the config names whom to believe, and the source has what is to be proven. Reads nothing. */
  applies(question: Question): boolean
  /**
   * - Proven: a digest before the plan, a signature that the download must meet, or the commit itself.
   * - A problem: E_SIGNATURE_MISSING (nothing is there) and E_SIGNER_UNTRUSTED (somebody else signed) let a config pass
   *   that asks for less, and are told in the plan; every other one refuses, however little is asked: who is trusted
   *   signed something else than this, or somebody pretends that they did.
   * Throws what `read` throws: who cannot be asked has not said no.
   */
  prove(question: Question): Promise<Proven | Problem>
}

export interface Question {
  readonly release: Release
  readonly artifact: Artifact
  readonly source: Spec
  readonly trust: TrustSettings
  /** Names that the product may be signed under. */
  readonly products: readonly string[]
  /** What the API, a checksum file or the registry says of the artifact. Nobody has proven it. */
  readonly stated: Statement | null
  readonly nowMs: number
  readonly signal: AbortSignal
  /**
   * The whole of a file that the source names: of `release.files`, or another with the address that it has. Every prover
   * of one question sees the same bytes, which are also those that `stated` was read from. E_RESPONSE_TOO_LARGE.
   */
  readonly read: (file: Artifact, bytesMax: number) => Promise<Uint8Array>
}

/** A digest and who stated it: `api`, or the name of the checksum file. */
export interface Statement {
  readonly digest: Digest
  readonly by: string
}

/** What was proven. `commit`: what the release names is no file but is itself what was signed. */
export type Proven =
  | { readonly kind: 'digest'; readonly proof: Proof; readonly digest: Digest; readonly statedBy: string }
  | { readonly kind: 'bytes'; readonly proof: Proof; readonly signature: SignatureDemand }
  | { readonly kind: 'commit'; readonly proof: Proof }

export interface Proofs {
  /** The highest rung first. */
  readonly proven: readonly Proven[]
  /** Why those that stand higher than all of them proved nothing. */
  readonly missing: readonly Problem[]
}

/**
 * From the highest rung down. A problem: somebody who is trusted speaks against the release. What stands below a proof
 * is asked as well: it adds nothing by not being there, but a key that signed other bytes is heard.
 */
export async function prove(provers: readonly Prover[], question: Question): Promise<Proofs | Problem> {
  const proven: Proven[] = []
  const missing: Problem[] = []
  const asked = provers
    .filter((prover) => prover.applies(question))
    .toSorted((a, b) => rungs.indexOf(b.rung) - rungs.indexOf(a.rung))
  for (const prover of asked) {
    const answer = proven.length === 0 ? await prover.prove(question) : await furtherWord(prover, question)
    if (answer === null) continue
    if ('kind' in answer) proven.push(answer)
    else if (!isAbsence(answer)) return answer
    else if (proven.length === 0) missing.push(answer)
  }
  return { proven, missing }
}

/** null: it cannot be asked. Whoever is in the way of the question could as well have taken the answer away. */
async function furtherWord(prover: Prover, question: Question): Promise<Proven | Problem | null> {
  try {
    return await prover.prove(question)
  } catch {
    question.signal.throwIfAborted()
    return null
  }
}

function isAbsence({ code }: Problem): boolean {
  return code === 'E_SIGNATURE_MISSING' || code === 'E_SIGNER_UNTRUSTED'
}
