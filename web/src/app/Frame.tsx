import { useQuery } from '@tanstack/react-query'
import { Outlet } from '@tanstack/react-router'
import { sessionQuery } from '../api/queries.ts'
import { Login } from '../features/login/Login.tsx'
import { Setup } from '../features/login/Setup.tsx'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Button } from '../ui/Button.tsx'
import { Problem } from '../ui/Problem.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { ConnectionNotice } from './ConnectionNotice.tsx'
import { useApi, useTexts } from './context.ts'
import { useLive } from './live.ts'
import { Navigation } from './Navigation.tsx'

/**
 * Around every view. Who is not logged in sees the login in place of the view, at the same address: it is there
 * afterwards.
 */
export function Frame() {
  const t = useTexts({ en, de })
  const { data: session, error, refetch, isFetching } = useQuery(sessionQuery(useApi()))
  if (session === undefined) {
    return (
      <main className="alone">
        {error === null ? (
          <Skeleton label={t.loading} />
        ) : (
          <Problem
            error={error}
            actions={
              <Button busy={isFetching} onClick={() => void refetch()}>
                {t.retry}
              </Button>
            }
          />
        )}
      </main>
    )
  }
  if (session.setup_needed) return <Setup host={session.host} />
  if (session.user === null) return <Login host={session.host} />
  return <Inside />
}

function Inside() {
  const t = useTexts({ en, de })
  useLive()
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <Navigation />
      <main id="content" className="content" tabIndex={-1}>
        <ConnectionNotice />
        <Outlet />
      </main>
    </div>
  )
}
