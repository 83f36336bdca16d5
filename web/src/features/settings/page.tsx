import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { settingsQuery } from '../../api/queries.ts'
import type { SettingsView } from '../../api/types.ts'
import { Page as View } from '../../app/Page.tsx'
import { ReadOnlyNotice } from '../../app/ReadOnlyNotice.tsx'
import { useApi, useTexts } from '../../app/context.ts'
import { permission } from '../../app/permission.ts'
import { useSession } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de as peopleDe } from '../../i18n/people.de.ts'
import { en as peopleEn } from '../../i18n/people.en.ts'
import { de } from '../../i18n/settings.de.ts'
import { en } from '../../i18n/settings.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { Skeleton } from '../../ui/Skeleton.tsx'
import { ChangePassword } from '../people/PersonDialogs.tsx'
import { Channels } from './Channels.tsx'
import { Components } from './Components.tsx'

/** Policies, schedules, holds and channels: all that may be changed here. Who may not change them sees when what is updated. */
export function Page() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const admin = permission(useSession(), 'admin') !== 'account'
  return (
    <View title={frame.settings} actions={<OwnPassword />}>
      <ReadOnlyNotice need="admin" />
      {admin ? <Settings /> : <Components settings={null} />}
    </View>
  )
}

function Settings() {
  const frame = useTexts({ en: frameEn, de: frameDe })
  const { data, error } = useQuery(settingsQuery(useApi()))
  return (
    <>
      {error === null ? null : <Problem error={error} />}
      {data === undefined && error === null ? <Skeleton label={frame.loading} lines={6} /> : null}
      {data === undefined ? null : (
        <>
          <State settings={data} />
          <Components settings={data} />
          <Channels settings={data} />
        </>
      )}
    </>
  )
}

function State({ settings: { file, problem, gone } }: { readonly settings: SettingsView }) {
  const t = useTexts({ en, de })
  return (
    <>
      <div>
        <p>{t.intro}</p>
        <p className="faint small evidence">
          {t.file} {file}
        </p>
      </div>
      {problem === null ? null : (
        <Notice tone="bad" title={t.readAgain}>
          <p>{problem.title}</p>
          {problem.hint === null ? null : <p>{problem.hint}</p>}
        </Notice>
      )}
      {gone.length === 0 ? null : <Notice tone="info" title={t.gone(gone.join(', '))} />}
    </>
  )
}

/** Who may not see the page of people changes their own password here. */
function OwnPassword() {
  const t = useTexts({ en: peopleEn, de: peopleDe })
  const user = useSession()?.user ?? null
  const [changing, setChanging] = useState(false)
  if (user === null) return null
  return (
    <>
      <Button onClick={() => setChanging(true)}>{t.own}</Button>
      {changing ? <ChangePassword person={user} onClose={() => setChanging(false)} /> : null}
    </>
  )
}
