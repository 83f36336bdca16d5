import type { AnyBody, EnvelopeOf, MetaOf, SnapshotBody, TimestampBody } from './documents.ts'
import { isoAt, specVersion } from './documents.ts'

/** The snapshot of these files. */
export function snapshotOf(
  before: SnapshotBody | null,
  version: number,
  meta: Readonly<Record<string, MetaOf[string]>>,
  expiresMs: number,
): SnapshotBody {
  return { ...common(before), _type: 'snapshot', version, expires: isoAt(expiresMs), meta: { ...meta } }
}

export function timestampOf(
  before: TimestampBody | null,
  version: number,
  snapshot: MetaOf[string],
  expiresMs: number,
): TimestampBody {
  const meta = { 'snapshot.json': snapshot }
  return { ...common(before), _type: 'timestamp', version, expires: isoAt(expiresMs), meta }
}

const common = (before: SnapshotBody | TimestampBody | null): { spec_version: string } =>
  before ?? { spec_version: specVersion }

/** Whether less than half of what its signature counts for is left. */
export const isHalfOver = ({ signed }: EnvelopeOf<AnyBody>, expiryMs: number, nowMs: number): boolean =>
  Date.parse(signed.expires) - nowMs < expiryMs / 2
