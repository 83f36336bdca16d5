import { type Problem, problem, problemOf } from '../model/problem.ts'
import type { Artifact } from '../model/release.ts'
import { checksumFileBytesMax, digestFromChecksumFile } from '../release/checksum-file.ts'
import {
  type Minisignature,
  type MinisignKey,
  minisigBytesMax,
  readMinisignature,
  signedContent,
  signsComment,
  signsContent,
} from './minisign.ts'
import type { Proven, Question } from './prover.ts'
import { wholeBytesMax } from './signature-demand.ts'
import { contradiction } from './trusted-comment.ts'

/**
 * A signed list of checksums proves the digest before the plan, and comes first. Else the signature beside the file: its
 * comment is proven now, its bytes by the download.
 */
export async function proveMinisign(question: Question, keys: readonly MinisignKey[]): Promise<Proven | Problem> {
  const { release, artifact } = question
  const missing: Problem[] = []
  for (const file of [...release.checksums, artifact]) {
    const beside = (release.files ?? []).find(({ name }) => name === `${file.name}.minisig`)
    if (beside === undefined) continue
    const answer = await proveBy(question, keys, file, beside)
    if (answer === null) continue
    if ('kind' in answer || answer.code !== 'E_SIGNER_UNTRUSTED') return answer
    missing.push(answer)
  }
  return missing[0] ?? (await proveUnlisted(question, keys)) ?? unsigned(artifact)
}

/** A feed that names one file and no other may still have its signature beside it. null: it has not. */
async function proveUnlisted(question: Question, keys: readonly MinisignKey[]): Promise<Proven | Problem | null> {
  const { release, artifact } = question
  const url = URL.parse(artifact.url)
  if (release.files?.length !== 1 || url === null) return null
  url.pathname += '.minisig'
  try {
    const beside = { name: `${artifact.name}.minisig`, url: url.href, bytes: null, digest: null }
    return await proveBy(question, keys, artifact, beside)
  } catch (error) {
    if (problemOf(error).code === 'E_NOT_FOUND') return null
    throw error
  }
}

/** null: the list says nothing of the artifact. */
async function proveBy(
  question: Question,
  keys: readonly MinisignKey[],
  file: Artifact,
  beside: Artifact,
): Promise<Proven | Problem | null> {
  const signature = readMinisignature(await question.read(beside, minisigBytesMax), beside.name)
  if ('code' in signature) return signature
  const key = keys.find(({ id }) => id === signature.keyId)
  if (key === undefined) return stranger(signature, keys)
  if (!signsComment(signature, key)) return forged(signature, key, 'its trusted comment was not signed')
  const { release, products, artifact } = question
  const wrong = contradiction(signature.comment, { release, file: file.name, products }, signature.name)
  if (wrong !== null) return wrong
  return file === artifact
    ? demandedBytes(artifact, signature, key)
    : await listedDigest(question, file, signature, key)
}

async function listedDigest(
  { artifact, read }: Question,
  list: Artifact,
  signature: Minisignature,
  key: MinisignKey,
): Promise<Proven | Problem | null> {
  const bytes = await read(list, checksumFileBytesMax)
  if (!signsContent(signature.signature, signedContent(bytes, signature), key)) {
    return forged(signature, key, `${list.name} is another file than the one that was signed`)
  }
  const digest = digestFromChecksumFile(Buffer.from(bytes).toString('utf8'), artifact.name, list.name)
  return digest === null ? null : { kind: 'digest', proof: proofBy(key), digest, statedBy: list.name }
}

function demandedBytes(artifact: Artifact, signature: Minisignature, key: MinisignKey): Proven | Problem {
  if (!signature.prehashed && (artifact.bytes ?? 0) > wholeBytesMax) return tooLarge(signature, artifact)
  const { name, prehashed } = signature
  return {
    kind: 'bytes',
    proof: proofBy(key),
    signature: {
      kind: 'minisign',
      key: key.text,
      signature: Buffer.from(signature.signature).toString('base64'),
      prehashed,
      by: name,
    },
  }
}

/** The first characters hold the key's id: nobody can compare more by eye. */
const proofBy = ({ text }: MinisignKey) =>
  ({ rung: 'signature', kind: 'minisign', by: `${text.slice(0, 14)}…` }) as const

function unsigned({ name }: Artifact): Problem {
  return problem('E_SIGNATURE_MISSING', `the release has no signature of ${name} by minisign`, {
    hint: `Ask its publisher for ${name}.minisig, or SHA256SUMS.minisig, or lower trust.require.`,
    facts: { artifact: name },
  })
}

function stranger({ name, keyId }: Minisignature, keys: readonly MinisignKey[]): Problem {
  const ids = keys.map(({ id }) => id)
  return problem('E_SIGNER_UNTRUSTED', `${name} is by the key ${keyId}, and trusted is ${ids.join(', ')}`, {
    hint: 'If the publisher changed keys, ask them for the new one by another way than this server, and add it to trust.keys.minisign.',
    facts: { signature: name, key: keyId, trusted: ids },
  })
}

function forged({ name, keyId }: Minisignature, { text }: MinisignKey, why: string): Problem {
  return problem('E_SIGNATURE_INVALID', `${name} pretends to be by the key ${keyId}: ${why}`, {
    hint: 'Nothing was installed. The release was changed after it was signed: ask its publisher.',
    facts: { signature: name, key: text },
  })
}

function tooLarge({ name }: Minisignature, artifact: Artifact): Problem {
  return problem(
    'E_SIGNATURE_INVALID',
    `${name} is of the older kind, which belay checks up to ${wholeBytesMax} bytes`,
    {
      hint: `Ask the publisher to sign ${artifact.name} with a current minisign (without -l), or a list of checksums.`,
      facts: { signature: name, bytes: artifact.bytes },
    },
  )
}
