import { useQuery } from '@tanstack/react-query'
import { settingsQuery } from '../../api/queries.ts'
import type { ComponentView, PolicyView } from '../../api/types.ts'
import { useApi, useTexts } from '../../app/context.ts'
import { useMay } from '../../app/session.ts'
import { de } from '../../i18n/policy.de.ts'
import { en } from '../../i18n/policy.en.ts'
import { Notice } from '../../ui/Badge.tsx'
import { Button } from '../../ui/Button.tsx'
import { Problem } from '../../ui/Problem.tsx'
import { useToast } from '../../ui/Toast.tsx'
import { withHold, withoutHold } from './change.ts'
import { heldPattern, otherwiseWaiting } from './held.ts'
import { usePolicyChange } from './use-change.ts'

/** Why the newer version waits; where a person holds it back, the way to let it go. */
export function Held({ component }: { readonly component: ComponentView }) {
  const t = useTexts({ en, de })
  const pattern = heldPattern(component)
  const why = otherwiseWaiting(component)
  return (
    <>
      {pattern === null ? null : (
        <Notice
          tone="warn"
          title={t.held(pattern)}
          actions={<Changer component={component} label={t.release} to={(policy) => withoutHold(policy, pattern)} />}
        >
          <p>{t.holdHow}</p>
        </Notice>
      )}
      {why === null ? null : <Notice tone="warn" title={<span className="sentence">{why}</span>} />}
    </>
  )
}

/** Keeps the version that is offered from being installed by itself. */
export function HoldBack({ component }: { readonly component: ComponentView }) {
  const t = useTexts({ en, de })
  const { update_available: offered, available } = component
  if (!offered || available === null || heldPattern(component) !== null) return null
  return (
    <Changer
      component={component}
      label={t.holdVersion(available)}
      hint={t.holdHow}
      to={(policy) => withHold(policy, available)}
    />
  )
}

interface ChangerProps {
  readonly component: ComponentView
  readonly label: string
  readonly hint?: string
  readonly to: (policy: PolicyView) => PolicyView
}

function Changer({ component: { component: name }, label, hint, to }: ChangerProps) {
  const t = useTexts({ en, de })
  const admin = useMay('admin')
  const say = useToast()
  const settings = useQuery({ ...settingsQuery(useApi()), enabled: admin }).data
  const change = usePolicyChange(name, () => say(t.saved))
  const own = settings?.components[name]
  if (!admin || settings === undefined || own === undefined) return null
  const wanted = { policy: to(own.policy), every: own.check.every }
  return (
    <>
      <span>
        <Button
          small
          kind={hint === undefined ? 'plain' : 'quiet'}
          {...(hint === undefined ? {} : { title: hint })}
          busy={change.isPending}
          onClick={() => change.mutate({ settings, wanted })}
        >
          {label}
        </Button>
      </span>
      {change.error === null ? null : <Problem error={change.error} />}
    </>
  )
}
