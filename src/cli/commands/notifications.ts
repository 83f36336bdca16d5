import type { ComponentName } from '../../core/model/names.ts'
import { answer, type Context, withEngine } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import { notificationLines, notificationsLines } from '../render/notifications.ts'
import { singleRun } from '../runs.ts'

export interface ListFlags {
  readonly all?: boolean
}

/** `{"notifications":[Notification, …]}`, newest first. */
export async function listNotifications(context: Context, flags: ListFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const all = await engine.notifications()
    const shown = flags.all === true ? all : all.filter(({ state }) => state === 'open' || state === 'installed')
    answer(context, { notifications: shown }, (reader) => notificationsLines(shown, reader))
    return 0
  })
}

/** `{"notification":Notification}`. */
export async function showNotification(context: Context, id: number): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const notification = await engine.notification(id)
    answer(context, { notification }, (reader) => notificationLines(notification, reader))
    return 0
  })
}

export interface InstallFlags {
  readonly yes?: boolean
}

/** Updates its component to exactly the version that was offered. */
export async function installNotification(context: Context, id: number, flags: InstallFlags): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const { component: name, version: to } = await engine.notification(id)
    const component: ComponentName = engine.resolve(name)
    const preview = flags.yes === true ? null : () => engine.plan(component, { to })
    return singleRun(context, engine, { preview, start: (signal) => engine.update(component, { to, signal }) })
  })
}

/** `{"notification":Notification}`. */
export async function dismissNotification(context: Context, id: number): Promise<ExitCode> {
  return withEngine<ExitCode>(context, async (engine) => {
    const notification = await engine.dismissNotification(id)
    answer(context, { notification }, () =>
      notification.state === 'dismissed'
        ? [`Notification ${id} is dismissed. Its update stays available: belay check ${notification.component}`]
        : [`Notification ${id} needs no dismissing: it is ${notification.state}.`],
    )
    return 0
  })
}
