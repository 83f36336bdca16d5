import type { ProblemCode } from '../../core/model/codes.ts'

/** A sentence that names the kind of trouble, and what to do when the problem itself brings no hint. */
export interface Message {
  readonly title: string
  readonly hint: string
}

export type Messages = Readonly<Record<ProblemCode, Message>>
