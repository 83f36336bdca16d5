import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { historySearch } from '../features/history/search.ts'
import { Broken } from './Broken.tsx'
import { Frame } from './Frame.tsx'
import { NotFound } from './NotFound.tsx'

const root = createRootRoute({ component: Frame, notFoundComponent: NotFound, errorComponent: Broken })

/** What a view's address may carry besides its path: which dialog is open, so that it can be sent and gone back from. */
export interface ComponentSearch {
  readonly open?: 'update' | 'rollback'
  readonly to?: string
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}

const overview = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyRouteComponent(async () => import('../features/overview/page.tsx'), 'Page'),
})
const component = createRoute({
  getParentRoute: () => root,
  path: '/components/$name',
  validateSearch: ({ open, to }: Record<string, unknown>): ComponentSearch => {
    const version = text(to)
    return {
      ...(open === 'update' || open === 'rollback' ? { open } : {}),
      ...(version === undefined ? {} : { to: version }),
    }
  },
  component: lazyRouteComponent(async () => import('../features/component/page.tsx'), 'Page'),
})
const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$run',
  component: lazyRouteComponent(async () => import('../features/run/page.tsx'), 'Page'),
})
const history = createRoute({
  getParentRoute: () => root,
  path: '/history',
  validateSearch: historySearch,
  component: lazyRouteComponent(async () => import('../features/history/page.tsx'), 'Page'),
})
const backups = createRoute({
  getParentRoute: () => root,
  path: '/backups',
  component: lazyRouteComponent(async () => import('../features/backups/page.tsx'), 'Page'),
})
const notifications = createRoute({
  getParentRoute: () => root,
  path: '/notifications',
  component: lazyRouteComponent(async () => import('../features/notifications/page.tsx'), 'Page'),
})
const notification = createRoute({
  getParentRoute: () => root,
  path: '/notifications/$id',
  component: lazyRouteComponent(async () => import('../features/notifications/detail.tsx'), 'Page'),
})
const host = createRoute({
  getParentRoute: () => root,
  path: '/host',
  component: lazyRouteComponent(async () => import('../features/host/page.tsx'), 'Page'),
})
const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(async () => import('../features/settings/page.tsx'), 'Page'),
})
const people = createRoute({
  getParentRoute: () => root,
  path: '/people',
  component: lazyRouteComponent(async () => import('../features/people/page.tsx'), 'Page'),
})
const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  component: lazyRouteComponent(async () => import('../features/audit/page.tsx'), 'Page'),
})

/** Every view is loaded when it is first shown. */
const routeTree = root.addChildren([
  overview,
  component,
  run,
  history,
  backups,
  notifications,
  notification,
  host,
  settings,
  people,
  audit,
])

export function createPageRouter() {
  return createRouter({
    routeTree,
    defaultErrorComponent: Broken,
    scrollRestoration: true,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
}
