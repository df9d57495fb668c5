import type { Principal } from '../../accounts/principal.ts'
import { requireSource } from '../../ingestion/data-access.ts'
import type { SourceRef } from '../../ingestion/source.ts'
import { listFiles } from '../../ingestion/source-file-store.ts'
import { cancelSync, pauseSync, resumeSync, startSync } from '../../ingestion/syncs/manage-sync.ts'
import { findSync } from '../../ingestion/syncs/source-sync-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { sourceRefOf } from './data-source-routes.ts'
import { sourceParams } from './data-source-schemas.ts'
import { describeSync, type SyncReading } from './describe-sync.ts'
import { presentPage } from './present.ts'
import { presentFile } from './present-sync.ts'
import { refusals } from './schemas.ts'
import { fileQuery, sourceFileList, syncResult, syncStart } from './sync-schemas.ts'

const tags = ['data sources']

type SyncServices = SyncReading & Pick<Services, 'db' | 'wakeUp'>

/** What can be done with a sync that is under way; each as often as one likes. */
const changes = {
  pause: {
    summary: 'Pause Sync',
    description: 'What is under way is given up and done again later; nothing is lost. Does nothing unless it runs.',
    run: pauseSync,
  },
  resume: {
    summary: 'Resume Sync',
    description: 'Goes on where it was paused. Does nothing unless it is paused.',
    run: resumeSync,
  },
  cancel: {
    summary: 'Cancel Sync',
    description: 'What was read stays; the rest is left to the next sync. Does nothing when it is over.',
    run: cancelSync,
  },
} as const

export function registerSyncRoutes(server: Server, services: SyncServices): void {
  const { db } = services
  server.post(
    '/projects/:project_id/data-sources/:data_source_id/sync',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Sync Data Source',
        description:
          'Brings what is here up to date with the source, in the background; goes on with a sync that was paused.',
        params: sourceParams,
        body: syncStart,
        response: { 202: syncResult, ...refusals },
      },
    },
    async (request, reply) => {
      const ref = sourceRefOf(request.params)
      await startSync(services, request.principal, ref, { isFull: request.body?.full ?? false })
      return reply.code(202).send(await readSync(services, ref))
    },
  )
  for (const [name, { summary, description, run }] of Object.entries(changes)) {
    server.post(
      `/projects/:project_id/data-sources/:data_source_id/${name}`,
      {
        config: { runsAgain: true },
        schema: { tags, summary, description, params: sourceParams, response: { 200: syncResult, ...refusals } },
      },
      async (request) => {
        const ref = sourceRefOf(request.params as { project_id: string; data_source_id: string })
        await run(services, request.principal as Principal, ref)
        return await readSync(services, ref)
      },
    )
  }
  server.get(
    '/projects/:project_id/data-sources/:data_source_id/files',
    {
      schema: {
        tags,
        summary: 'List Files',
        description: 'Everything that the source holds, with how far it came and why no further.',
        params: sourceParams,
        querystring: fileQuery,
        response: { 200: sourceFileList, ...refusals },
      },
    },
    async (request, reply) => {
      const ref = sourceRefOf(request.params)
      await requireSource(db.query, request.principal, ref)
      return { files: presentPage(reply, await listFiles(db.query, ref, request.query), presentFile) }
    },
  )
}

async function readSync(services: SyncServices, ref: SourceRef) {
  return { sync: await describeSync(services, ref, await findSync(services.db.query, ref)) }
}
