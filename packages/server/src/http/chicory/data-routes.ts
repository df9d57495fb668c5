import { EmbeddedFiles } from '../../ingestion/syncs/embedded-files.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { registerDataSourceContentRoutes } from './data-source-content-routes.ts'
import { registerDataSourceRoutes } from './data-source-routes.ts'
import { registerDataSourceUploadRoutes } from './data-source-upload-routes.ts'
import { registerEmbeddingRoutes } from './embedding-routes.ts'
import { registerSearchRoutes } from './search-routes.ts'
import { registerSyncRoutes } from './sync-routes.ts'
import { registerTableRoutes } from './table-routes.ts'
import { registerTrainingRoutes } from './training-routes.ts'

/** Everything about a project's data: sources, uploads, search, documents, training. */
export function registerDataRoutes(server: Server, services: Services): void {
  const embedded = new EmbeddedFiles(services.db, services.config.embedding?.model)
  registerDataSourceRoutes(server, { ...services, embedded })
  registerDataSourceUploadRoutes(server, services)
  registerDataSourceContentRoutes(server, services)
  registerSyncRoutes(server, { ...services, embedded })
  registerSearchRoutes(server, services)
  registerEmbeddingRoutes(server, services)
  registerTableRoutes(server, services)
  registerTrainingRoutes(server, services)
}
