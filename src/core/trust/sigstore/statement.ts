import { z } from 'zod'
import { type Digest, digestSchema } from '../../model/names.ts'

/** What a Sigstore bundle of an attestation signs: an in-toto statement in a DSSE envelope. */
export const statementType = 'application/vnd.in-toto+json'
/** A release of many files has them all in one statement, and its build's materials besides. */
export const statementBytesMax = 4 * 1024 * 1024
const subjectsMax = 5000

const hex = z.string().regex(/^[0-9a-f]{64}$/)

const statementSchema = z.object({
  _type: z.enum(['https://in-toto.io/Statement/v1', 'https://in-toto.io/Statement/v0.1']),
  predicateType: z.string().max(500),
  subject: z
    .array(
      z.object({
        name: z.string().max(4096).optional(),
        // Subjects that are no files (a package, a commit) have other algorithms alone.
        digest: z.object({ sha256: hex.optional() }),
      }),
    )
    .min(1)
    .max(subjectsMax),
})

export interface Subject {
  readonly name: string | null
  readonly digest: Digest
}

export interface Statement {
  readonly predicateType: string
  /** Those that have a SHA-256. */
  readonly subjects: readonly Subject[]
}

/** null: it is none. Asks for nothing that is not used; what the predicate says beyond its type is the publisher's. */
export function readStatement(payload: Uint8Array): Statement | null {
  if (payload.length > statementBytesMax) return null
  const read = statementSchema.safeParse(jsonOf(payload))
  if (!read.success) return null
  const { predicateType, subject } = read.data
  const subjects = subject.flatMap(({ name = null, digest: { sha256 } }) =>
    sha256 === undefined ? [] : [{ name, digest: digestSchema.parse(`sha256:${sha256}`) }],
  )
  return { predicateType, subjects }
}

/** Undefined where the bytes are not JSON in UTF-8. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/**
 * Predicates that say "this was built so". Others speak of the same file and of the same workflow, and may say that its
 * tests failed.
 */
export function isProvenance({ predicateType }: Statement): boolean {
  return /^https:\/\/slsa\.dev\/provenance\/v(?:0\.2|1|1\.\d{1,3})$/.test(predicateType)
}

/**
 * The digest that a statement has for a file. With `known`, that one where it is among the subjects, whatever they are
 * called; else what all subjects of that name agree on. null: the statement is about something else.
 */
export function subjectDigest({ subjects }: Statement, name: string, known: Digest | null): Digest | null {
  if (known !== null) return subjects.some(({ digest }) => digest === known) ? known : null
  const named = new Set(subjects.filter((subject) => subject.name === name).map(({ digest }) => digest))
  const [only] = named
  return named.size === 1 && only !== undefined ? only : null
}
