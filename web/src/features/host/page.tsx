import { queryOptions, useQuery } from '@tanstack/react-query'
import type { z } from 'zod'
import type { hostSchema } from '../../../../src/protocol/api/records.ts'
import { type Api, path } from '../../api/client.ts'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/host.de.ts'
import { en } from '../../i18n/host.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { Duration } from '../../ui/Time.tsx'
import { hostDocument } from './document.ts'
import { Findings } from './Findings.tsx'

type Host = Readonly<z.infer<typeof hostSchema>>

function hostQuery(api: Api) {
  return queryOptions({
    queryKey: ['host'],
    queryFn: async ({ signal }) => api.get<Host>(path('host'), { signal }),
  })
}

/** What was detected and on what evidence, and where belay keeps what it knows. */
export function Page() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(hostQuery(useApi()))
  const found = data === undefined ? null : hostDocument(data.deployment)
  return (
    <View title={frame.host}>
      {error === null ? null : <Problem error={error} />}
      {data === undefined && error === null ? <Skeleton label={frame.loading} lines={6} /> : null}
      {data === undefined ? null : (
        <>
          <Belay host={data} />
          {found === null ? <Notice tone="info" title={t.unknownHost} /> : <Findings host={found} />}
        </>
      )}
    </View>
  )
}

function Belay({ host }: { readonly host: Host }) {
  const t = useTexts({ en, de })
  const facts: readonly (readonly [string, string])[] = [
    [t.name, host.host],
    [t.version, host.version],
    [t.config, host.config ?? t.none],
    [t.state, host.state],
    [t.listen, host.listen ?? t.notListening],
  ]
  return (
    <section className="section" aria-labelledby="belay">
      <h2 id="belay">{t.where}</h2>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd className="evidence">{value}</dd>
          </div>
        ))}
        <div className="fact">
          <dt>{t.running}</dt>
          <dd>
            <Duration ms={host.uptime_ms} />
          </dd>
        </div>
      </dl>
    </section>
  )
}
