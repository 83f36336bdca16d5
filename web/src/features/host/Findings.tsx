import { useTexts } from '../../app/context.ts'
import { de } from '../../i18n/host.de.ts'
import { en } from '../../i18n/host.en.ts'
import { Badge, Notice } from '../../ui/Badge.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { type Column, Table } from '../../ui/Table.tsx'
import type { Evidence, HostDocument, Limit } from './document.ts'

export function Findings({ host }: { readonly host: HostDocument }) {
  const t = useTexts({ en, de })
  return (
    <>
      <section className="section" aria-labelledby="what">
        <h2 id="what">{t.what}</h2>
        <p>{t.sentence === null ? host.message : t.sentence(host.kind, host.systemd, host.system)}</p>
        {host.evidence.length === 0 ? (
          <Empty title={t.noEvidence} />
        ) : (
          <EvidenceTable label={t.evidence} evidence={host.evidence} />
        )}
        {host.conflicts.map(({ claim, evidence, against }) => (
          <Notice key={claim} tone="info" title={t.conflict(t.kinds[claim] ?? claim)}>
            <EvidenceList evidence={evidence} />
            <p>{t.against}:</p>
            <EvidenceList evidence={against} />
          </Notice>
        ))}
        {host.unreadable.length === 0 ? null : (
          <p className="faint small evidence">
            {t.unreadable}: {host.unreadable.join(', ')}
          </p>
        )}
      </section>
      <Strategies host={host} />
      <Limits limits={host.limits} />
      <Applications host={host} />
    </>
  )
}

function EvidenceTable({ label, evidence }: { readonly label: string; readonly evidence: readonly Evidence[] }) {
  const t = useTexts({ en, de })
  const columns: readonly Column<Evidence>[] = [
    { key: 'finding', title: t.finding, cell: ({ finding }) => t.findings[finding] ?? finding },
    { key: 'place', title: t.place, cell: ({ place }) => <span className="code evidence">{place}</span> },
    { key: 'value', title: t.value, cell: ({ value }) => <span className="evidence">{value}</span> },
  ]
  return <Table label={label} columns={columns} rows={evidence} keyOf={keyOf} />
}

function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  return (
    <ul className="plain-list small">
      {evidence.map((one) => (
        <li key={keyOf(one)} className="evidence">
          <span className="code">{one.place}</span>: {one.value}
        </li>
      ))}
    </ul>
  )
}

function keyOf({ finding, place, value }: Evidence): string {
  return [finding, place, value].join('\n')
}

function Strategies({ host }: { readonly host: HostDocument }) {
  const t = useTexts({ en, de })
  return (
    <section className="section" aria-labelledby="strategies">
      <h2 id="strategies">{t.strategies}</h2>
      <ul className="plain-list">
        {host.strategies.map(({ name, why, message }, place) => (
          <li key={name} className="card">
            <div className="card-head">
              <h3>{name}</h3>
              {place === 0 ? <Badge tone="good">{t.best}</Badge> : null}
            </div>
            <p>{t.reasons[why] ?? message}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Limits({ limits }: { readonly limits: readonly Limit[] }) {
  const t = useTexts({ en, de })
  return (
    <section className="section" aria-labelledby="limits">
      <h2 id="limits">{t.limits}</h2>
      {limits.length === 0 ? <p>{t.noLimits}</p> : null}
      {limits.map((limit) => {
        const { message, hint } = t.limitWords[limit.code]?.(limit.facts) ?? limit
        return (
          <Notice key={message} tone="warn" title={message}>
            <p>{hint}</p>
          </Notice>
        )
      })}
    </section>
  )
}

function Applications({ host }: { readonly host: HostDocument }) {
  const t = useTexts({ en, de })
  return (
    <section className="section" aria-labelledby="applications">
      <h2 id="applications">{t.applications}</h2>
      {host.applications.length === 0 ? <p>{t.noApplications}</p> : null}
      {host.applications.map(({ path, running, evidence }) => (
        <div key={path} className="card">
          <div className="card-head">
            <h3 className="code evidence">{path}</h3>
            {running ? <Badge tone="good">{t.runs}</Badge> : null}
          </div>
          <EvidenceList evidence={evidence} />
        </div>
      ))}
    </section>
  )
}
