import { expect } from 'vitest'
import type { ProblemCode } from '../../src/core/model/codes.ts'
import { MemoryClient } from './tuf.client.ts'
import { newKey, roleOf, type TestKey, TestRepository } from './tuf.repository.ts'

export const nowMs = Date.UTC(2027, 0, 1)
export const dayMs = 24 * 3_600_000
export const path = 'app/stable/app-1.0.0.tar.zst'
export const newer = 'app/stable/app-1.1.0.tar.zst'

/** A repository with one release, and a host that has seen it. The next release waits for the attack. */
export function scene(prepare: (repository: TestRepository) => void = () => {}) {
  const repository = new TestRepository(nowMs)
  repository.addArtifact('targets', path, 'one')
  prepare(repository)
  repository.publish()
  const client = new MemoryClient(repository, nowMs)
  expect(client.find(path)).toMatchObject([{ path }])
  return { repository, client }
}

export type Scene = ReturnType<typeof scene>

export function refused({ client }: Scene, code: ProblemCode, words: string, asked = newer): void {
  const before = new Map(client.stored)
  const outcome = client.attempt(asked)
  expect(outcome).toMatchObject({ code, hint: expect.any(String) })
  expect(outcome).toMatchObject({ message: expect.stringContaining(words) })
  // Whatever else was kept on the way was proven; no role went back.
  for (const [role, bytes] of before) {
    const was: number = JSON.parse(bytes.toString()).signed.version
    expect(client.version(role)).toBeGreaterThanOrEqual(was)
  }
}

/** The newer release as the publisher would make it; the attack follows. */
export function publishNewer({ repository }: Scene): void {
  repository.addArtifact('targets', newer, 'two')
  repository.publish()
}

export const onlineRoles = ['timestamp', 'snapshot', 'targets'] as const

/** Trusts a new role with paths. */
export function delegate(
  repository: TestRepository,
  name: string,
  paths: readonly string[],
  more: object = {},
): TestKey {
  const key = newKey()
  repository.delegate({ name, by: 'targets', role: roleOf([key]), paths, ...more })
  return key
}
