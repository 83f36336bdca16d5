/** One WebSocket connection. Once it is closed, sending does nothing. */
export interface Line {
  /** What was sent and did not leave yet: the other side reads slowly, or not at all. */
  readonly waitingBytes: number
  send(text: string): void
  /** Says goodbye by RFC 6455's numbers; a side that does not answer is cut off. */
  close(code: number, reason: string): void
  /** Cuts it off. */
  drop(): void
  /** null: a message came that is no text. */
  onMessage(listener: (text: string | null) => void): void
  onClose(listener: () => void): void
}
