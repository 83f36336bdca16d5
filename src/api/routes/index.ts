import type { Route } from '../route.ts'
import { auditRoutes } from './audit.ts'
import { channelRoutes } from './channels.ts'
import { compatApplianceRoutes } from './compat-appliance.ts'
import { compatEnterpriseRoutes } from './compat-enterprise.ts'
import { compatHelpdeskRoutes } from './compat-helpdesk.ts'
import { compatMovedRoutes } from './compat-moved.ts'
import { compatSystemRoutes } from './compat-system.ts'
import { componentRoutes } from './components.ts'
import { hostRoutes } from './host.ts'
import { recordRoutes } from './records.ts'
import { runRoutes } from './runs.ts'
import { settingsRoutes } from './settings.ts'
import { updateRoutes } from './updates.ts'
import { healthRoutes } from './health.ts'
import { metricsRoutes } from './metrics.ts'
import { openapiRoute } from './openapi.ts'
import { problemRoutes } from './problems.ts'
import { sessionRoutes } from './session.ts'
import { supportRoutes } from './support.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './users.ts'

/** Every address of the API. The description, the tests of access and the app itself go through this list. */
export const routes: readonly Route[] = [
  ...healthRoutes,
  ...metricsRoutes,
  ...componentRoutes,
  ...updateRoutes,
  ...runRoutes,
  ...recordRoutes,
  ...hostRoutes,
  ...settingsRoutes,
  ...sessionRoutes,
  ...userRoutes,
  ...tokenRoutes,
  ...auditRoutes,
  ...problemRoutes,
  ...supportRoutes,
  ...channelRoutes,
  ...compatSystemRoutes,
  ...compatEnterpriseRoutes,
  ...compatApplianceRoutes,
  ...compatHelpdeskRoutes,
  ...compatMovedRoutes,
  openapiRoute(() => routes),
]
