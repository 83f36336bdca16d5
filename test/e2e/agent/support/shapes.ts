import { expect } from 'vitest'

/** What the answers of the old addresses are made of. */
export const text: unknown = expect.any(String)
export const yesOrNo: unknown = expect.any(Boolean)
export const whole: unknown = expect.any(Number)
export const time: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)
export const place = {
  deployment_type: expect.stringMatching(/^(docker|proxmox_lxc|bare_metal|development|unknown)$/) as unknown,
}
export const texts: unknown = expect.arrayContaining([text])

/** Exactly these keys. A value that may be null is one of the two. */
export function expectShape(body: unknown, shape: Readonly<Record<string, unknown>>): void {
  expect(body).toEqual(shape)
}
