import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { path } from '../../api/client.ts'
import { componentsQuery } from '../../api/queries.ts'
import type { RunItem, RunList } from '../../api/types.ts'
import { Page as View } from '../../app/Page.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/history.de.ts'
import { en } from '../../i18n/history.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { SelectField } from '../../ui/Field.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { RunTable } from './RunTable.tsx'
import { type HistorySearch, outcomes } from './search.ts'

const route = getRouteApi('/history')
const runsAtOnce = 50

export function Page() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const search = route.useSearch()
  return (
    <View title={frame.history}>
      <Filters search={search} />
      <Runs search={search} />
    </View>
  )
}

function Filters({ search }: { readonly search: HistorySearch }) {
  const t = useTexts({ en, de })
  const { data: components = [] } = useQuery(componentsQuery(useApi()))
  const navigate = route.useNavigate()
  const choose = (change: Readonly<Record<keyof HistorySearch, string | undefined>>): void => {
    const chosen = Object.entries(change).filter(([, value]) => value !== undefined && value !== '')
    void navigate({ search: Object.fromEntries(chosen) as HistorySearch, replace: true })
  }
  const { component, outcome } = search
  return (
    <div className="filters">
      <SelectField
        label={t.component}
        value={component ?? ''}
        onChange={({ target }) => choose({ outcome, component: target.value })}
      >
        <option value="">{t.all}</option>
        {components.map((one) => (
          <option key={one.component}>{one.component}</option>
        ))}
      </SelectField>
      <SelectField
        label={t.outcome}
        value={outcome ?? ''}
        onChange={({ target }) => choose({ component, outcome: target.value })}
      >
        <option value="">{t.all}</option>
        {outcomes.map((one) => (
          <option key={one} value={one}>
            {t.outcomes[one]}
          </option>
        ))}
      </SelectField>
    </div>
  )
}

function Runs({ search: { component, outcome } }: { readonly search: HistorySearch }) {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const api = useApi()
  const navigate = route.useNavigate()
  const { data, error, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['runs', 'pages', component ?? null],
    queryFn: async ({ pageParam, signal }) =>
      api.get<RunList>(path('runs'), { signal, query: { limit: runsAtOnce, component, before: pageParam } }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ runs, more }) => (more ? runs.at(-1)?.run : undefined),
  })
  if (data === undefined)
    return error === null ? <Skeleton label={frame.loading} lines={6} /> : <Problem error={error} />
  const all: readonly RunItem[] = data.pages.flatMap(({ runs }) => runs)
  const shown = outcome === undefined ? all : all.filter((run) => run.outcome === outcome)
  return (
    <>
      {error === null ? null : <Problem error={error} />}
      {shown.length > 0 ? (
        <RunTable runs={shown} />
      ) : all.length === 0 && component === undefined ? (
        <Empty title={t.nothing}>
          <p>{t.nothingHint}</p>
        </Empty>
      ) : (
        <Empty title={t.nothingFound}>
          <Button onClick={() => void navigate({ search: {} })}>{t.showAll}</Button>
        </Empty>
      )}
      {hasNextPage ? (
        <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {frame.more}
        </Button>
      ) : null}
    </>
  )
}
