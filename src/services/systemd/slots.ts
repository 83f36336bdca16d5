import type { Spec } from '../../core/model/names.ts'
import type { Slot } from '../../core/traffic/slots.ts'
import type { SystemdServiceConfig } from './schema.ts'

/** The instance of a template: `crm@` in the slot blue is `crm@blue.service`. A text: why there are none, and what to write. */
export function inSlot(config: SystemdServiceConfig, slot: Slot): Spec | string {
  const name = config.unit.replace(/\.service$/, '')
  const [base = '', instance] = splitOnce(name)
  if (instance === '') {
    const { user, ...rest } = config
    return { ...rest, unit: `${base}@${slot}.service`, ...(user === undefined ? {} : { user }) }
  }
  if (instance !== undefined) {
    return `${name} is one instance of ${base}@, and Belay makes the two that it needs: write unit: "${base}@".`
  }
  return (
    `${name} is one unit, and two versions need one each. Make it a template: copy what "systemctl cat ${name}" shows to ` +
    `/etc/systemd/system/${base}@.service, where %i is the slot (WorkingDirectory=…/%i, EnvironmentFile=…/%i.env), ` +
    `and write unit: "${base}@".`
  )
}

function splitOnce(name: string): readonly string[] {
  const at = name.indexOf('@')
  return at === -1 ? [name] : [name.slice(0, at), name.slice(at + 1)]
}
