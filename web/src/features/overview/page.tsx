import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { path } from '../../api/client.ts'
import { componentsQuery } from '../../api/queries.ts'
import type { ComponentView } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { Page as View } from '../../app/Page.tsx'
import { ReadOnlyNotice } from '../../app/ReadOnlyNotice.tsx'
import { useMay } from '../../app/session.ts'
import { de as deFrame } from '../../i18n/frame.de.ts'
import { en as enFrame } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/overview.de.ts'
import { en } from '../../i18n/overview.en.ts'
import { Button } from '../../ui/Button.tsx'
import { Empty } from '../../ui/Empty.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { ComponentTable } from './ComponentTable.tsx'
import { Headline } from './Headline.tsx'
import { inOrder, needsPerson, standingOf } from './standing.ts'
import { TroubleNotice } from './TroubleNotice.tsx'
import './overview.css'

export function Page() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: enFrame, de: deFrame })
  const components = useQuery(componentsQuery(useApi()))
  const operate = useMay('operate')
  const check = useCheckAll(components.data ?? [])
  const known = components.data !== undefined && components.data.length > 0
  return (
    <View
      title={frame.overview}
      actions={
        operate && known ? (
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            {t.checkNow}
          </Button>
        ) : undefined
      }
    >
      {check.error === null ? null : <Problem error={check.error} />}
      {components.error === null || components.data !== undefined ? null : <Problem error={components.error} />}
      {components.isPending ? <Skeleton lines={5} label={t.loading} /> : null}
      {components.data === undefined ? null : <Components components={inOrder(components.data)} />}
      <ReadOnlyNotice />
    </View>
  )
}

function Components({ components }: { readonly components: readonly ComponentView[] }) {
  const t = useTexts({ en, de })
  if (components.length === 0) {
    return (
      <Empty title={t.empty}>
        <p>{t.emptyFirst}</p>
        <pre className="code">{'belay -c found.yaml init\nbelay reload'}</pre>
      </Empty>
    )
  }
  return (
    <>
      <Headline components={components} />
      {components
        .filter((component) => needsPerson(standingOf(component)))
        .map((component) => (
          <TroubleNotice key={component.component} component={component} />
        ))}
      <ComponentTable components={components} />
    </>
  )
}

/** Asks every source now, one after the other as they come; what one answers is shown at once. */
function useCheckAll(components: readonly ComponentView[]) {
  const api = useApi()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async () =>
      Promise.all(
        components.map(async ({ component }) => api.post(path('components', component, 'check'), { force: true })),
      ),
    onSettled: () => void queries.invalidateQueries({ queryKey: ['components'] }),
  })
}
