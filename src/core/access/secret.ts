import { createHash, timingSafeEqual } from 'node:crypto'

/** 256 random bits in hex: too many to be guessed, so that a fast hash is enough to keep them by. */
const tokenPattern = /^belay_[0-9a-f]{64}$/
const sessionPattern = /^[0-9a-f]{64}$/
export const secretBytes = 32

export function tokenOf(randomHex: string): string {
  return `belay_${randomHex}`
}

export function isToken(text: string): boolean {
  return tokenPattern.test(text)
}

export function isSessionId(text: string): boolean {
  return sessionPattern.test(text)
}

/** What is kept in place of a token, a session's id or the set-up secret: of no use to who reads it. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** Told to the page and to no other site, and worth nothing without the cookie; it does not lead back to the id. */
export function csrfOf(sessionId: string): string {
  return createHash('sha256').update(`csrf\0${sessionId}`).digest('base64url')
}

/** In the same time whatever they are. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(createHash('sha256').update(one).digest(), createHash('sha256').update(other).digest())
}
