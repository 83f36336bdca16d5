import { useState } from 'react'
import { Page as View } from '../../app/Page.tsx'
import { useTexts } from '../../app/context.ts'
import { useMay, useSession } from '../../app/session.ts'
import { de as frameDe } from '../../i18n/frame.de.ts'
import { en as frameEn } from '../../i18n/frame.en.ts'
import { de } from '../../i18n/people.de.ts'
import { en } from '../../i18n/people.en.ts'
import { Button } from '../../ui/Button.tsx'
import { People } from './People.tsx'
import { ChangePassword } from './PersonDialogs.tsx'
import { Tokens } from './Tokens.tsx'

/** Who and what may log in; for those who may not see that, their own password. */
export function Page() {
  const t = useTexts({ en, de })
  const frame = useTexts({ en: frameEn, de: frameDe })
  const user = useSession()?.user ?? null
  const admin = useMay('admin')
  const [changing, setChanging] = useState(false)
  return (
    <View
      title={frame.people}
      actions={user === null ? undefined : <Button onClick={() => setChanging(true)}>{t.own}</Button>}
    >
      {admin ? (
        <>
          <People />
          <Tokens />
        </>
      ) : (
        <p>{frame.readOnlyUser}</p>
      )}
      {changing && user !== null ? <ChangePassword person={user} onClose={() => setChanging(false)} /> : null}
    </View>
  )
}
