import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { path } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import { de } from '../i18n/frame.de.ts'
import { en } from '../i18n/frame.en.ts'
import { Button } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { useApi, useTexts } from './context.ts'
import { Choices } from './Choices.tsx'
import { useMay, useSession } from './session.ts'

export function Navigation() {
  const t = useTexts({ en, de })
  // Where the menu was opened: another view closes it.
  const [openAt, setOpenAt] = useState<string | null>(null)
  const session = useSession()
  const admin = useMay('admin')
  const { pathname } = useLocation()
  const open = openAt === pathname
  return (
    <header className="side">
      <div className="side-head">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span>{session?.host ?? 'Belay'}</span>
        </Link>
        <button
          type="button"
          className="button button-quiet button-icon side-toggle"
          aria-expanded={open}
          aria-controls="navigation"
          aria-label={t.menu}
          onClick={() => setOpenAt(open ? null : pathname)}
        >
          <Icon name={open ? 'close' : 'menu'} />
        </button>
      </div>
      <div id="navigation" className={open ? 'side-body open' : 'side-body'}>
        <nav aria-label={t.mainNavigation}>
          <Link to="/" activeOptions={{ exact: true }}>
            {t.overview}
          </Link>
          <Link to="/history">{t.history}</Link>
          <Link to="/backups">{t.backups}</Link>
          <Link to="/notifications">{t.notifications}</Link>
          <Link to="/host">{t.host}</Link>
          <Link to="/settings">{t.settings}</Link>
          {admin ? <Link to="/people">{t.people}</Link> : null}
          {admin ? <Link to="/audit">{t.audit}</Link> : null}
        </nav>
        <div className="side-foot">
          <Choices />
          <Account />
        </div>
      </div>
    </header>
  )
}

function Account() {
  const t = useTexts({ en, de })
  const api = useApi()
  const queries = useQueryClient()
  const session = useSession()
  const logout = async (): Promise<void> => {
    await api.remove(path('session')).catch(() => null)
    // Nothing of what one person saw is kept for the next.
    queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' })
    await queries.query({ ...sessionQuery(api), staleTime: 0 }).catch(() => null)
  }
  const user = session?.user ?? null
  if (session === undefined || user === null) return null
  return (
    <div className="account">
      <p>
        <span className="account-name">{t.loggedInAs(user.name)}</span>
        <br />
        <span className="faint">
          {t.scopes[user.scope]} · {t.version(session.version)}
        </span>
      </p>
      <Button kind="quiet" small onClick={() => void logout()}>
        {t.logout}
      </Button>
    </div>
  )
}
