import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { type Database, inSnapshot } from '../../database/database.ts'
import { QuoryError } from '../../errors.ts'
import { type ProjectId, parseId, type SourceId } from '../../ids.ts'
import { requireSource } from '../../ingestion/data-access.ts'
import { deleteSource } from '../../ingestion/delete-source.ts'
import { ingestJob, ingestKind } from '../../ingestion/ingest-source.ts'
import { changeSource, createSource, validateSource } from '../../ingestion/manage-source.ts'
import { type Source, type SourceRef, secretMask, sourceNotFound } from '../../ingestion/source.ts'
import { listSources } from '../../ingestion/source-store.ts'
import { sourceTypes } from '../../ingestion/source-types.ts'
import { findSync } from '../../ingestion/syncs/source-sync-store.ts'
import { findJobProgress } from '../../jobs/job-progress-store.ts'
import { requireProject } from '../../projects/project-store.ts'
import { listDocuments } from '../../retrieval/document-store.ts'
import { sendProblem } from '../problem.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import {
  listedSource,
  newSource,
  source,
  sourceChange,
  sourceDeletion,
  sourceParams,
  sourceQuery,
  sourceTypeList,
  sourceWithDocuments,
  validation,
} from './data-source-schemas.ts'
import { describeSync, type SyncReading } from './describe-sync.ts'
import { projectIdOf } from './path-ids.ts'
import { presentPage } from './present.ts'
import { presentDocument, presentJob, presentSource } from './present-data.ts'
import { confirmation, projectParams, refusals } from './schemas.ts'

const tags = ['data sources']

export function sourceRefOf(params: { project_id: string; data_source_id: string }): SourceRef {
  const projectId = projectIdOf(params)
  const sourceId = parseId<SourceId>(params.data_source_id)
  if (sourceId === undefined) throw sourceNotFound(projectId, params.data_source_id)
  return { projectId, sourceId }
}

type SourceServices = SyncReading &
  Pick<Services, 'db' | 'files' | 'tableFiles' | 'wakeUp' | 'openConnector' | 'secrets' | 'logger'>

export function registerDataSourceRoutes(server: Server, services: SourceServices): void {
  registerReading(server, services)
  registerChanging(server, services)
}

function registerReading(server: Server, services: SourceServices): void {
  const { db } = services
  server.get(
    '/data-source-types',
    { schema: { tags, summary: 'List Data Source Types', response: { 200: sourceTypeList, ...refusals } } },
    async () => ({ data_source_types: sourceTypes.map(({ kind: _, addressField: __, ...type }) => type) }),
  )
  server.get(
    '/projects/:project_id/data-sources',
    {
      schema: {
        tags,
        summary: 'List Data Sources',
        params: projectParams,
        querystring: sourceQuery,
        response: { 200: z.object({ data_sources: z.array(listedSource) }), ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const page = await listSources(db.query, projectId, request.query)
      const jobOf = await findJobs(db, projectId, page.items)
      return { data_sources: presentPage(reply, page, (each) => ({ ...presentSource(each), job: jobOf(each) })) }
    },
  )
  server.get(
    '/projects/:project_id/data-sources/:data_source_id',
    {
      schema: {
        tags,
        summary: 'Get Data Source',
        params: sourceParams,
        response: { 200: sourceWithDocuments, ...refusals },
      },
    },
    async (request) => {
      const ref = sourceRefOf(request.params)
      const [found, sync] = await inSnapshot(db, async (tx) => [
        await requireSource(tx, request.principal, ref),
        await findSync(tx, ref),
      ])
      const documents = await listDocuments(db.query, ref.projectId, ref.sourceId)
      const jobOf = await findJobs(db, ref.projectId, [found])
      return {
        ...presentSource(found),
        job: jobOf(found),
        sync: await describeSync(services, ref, sync),
        documents: documents.map(presentDocument),
      }
    },
  )
  server.post(
    '/projects/:project_id/data-sources/:data_source_id/validate',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Validate Data Source',
        description: 'Says whether the data source can be used. Changes nothing.',
        params: sourceParams,
        response: { 200: validation, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'read')
      return await validateSource(
        services,
        await requireSource(db.query, request.principal, sourceRefOf(request.params)),
      )
    },
  )
}

async function findJobs(db: Database, projectId: ProjectId, sources: readonly Source[]) {
  const jobs = sources.map(({ id }) => ingestJob({ projectId, sourceId: id }))
  const progressOf = await findJobProgress(
    db,
    { projectId, kind: ingestKind },
    jobs.map(({ payload }) => payload),
  )
  return ({ id }: Source) => presentJob(progressOf(ingestJob({ projectId, sourceId: id }).payload))
}

function registerChanging(server: Server, services: SourceServices): void {
  server.post(
    '/projects/:project_id/data-sources',
    {
      errorHandler: refuseWithoutSecrets,
      schema: {
        tags,
        summary: 'Create Data Source',
        params: projectParams,
        body: newSource,
        response: { 201: source, ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      const id = request.ids.next<SourceId>()
      const { sync_every_minutes, ...body } = request.body
      const syncEveryMinutes = sync_every_minutes ?? undefined
      const created = await createSource(services, request.principal, { id, projectId, ...body, syncEveryMinutes })
      return reply.code(201).send(presentSource(created))
    },
  )
  server.put(
    '/projects/:project_id/data-sources/:data_source_id',
    {
      errorHandler: refuseWithoutSecrets,
      schema: {
        tags,
        summary: 'Update Data Source',
        description:
          'A configuration is replaced whole; ******** keeps the stored value of a password. Null changes nothing.',
        params: sourceParams,
        body: sourceChange,
        response: { 200: source, ...refusals },
      },
    },
    async (request) => {
      const { name, configuration, sync_every_minutes } = request.body
      const change = {
        name: name ?? undefined,
        configuration: configuration ?? undefined,
        syncEveryMinutes: sync_every_minutes ?? undefined,
      }
      return presentSource(await changeSource(services, request.principal, sourceRefOf(request.params), change))
    },
  )
  server.delete(
    '/projects/:project_id/data-sources/:data_source_id',
    {
      schema: {
        tags,
        summary: 'Delete Data Source',
        description: 'With its file, passages and unfinished work, whatever `delete_s3_object` and `force` say.',
        params: sourceParams,
        querystring: sourceDeletion,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      await deleteSource(services, request.principal, sourceRefOf(request.params))
      return { message: 'Data source deleted successfully' }
    },
  )
}

/** A 422 repeats what was sent, which must not be the secrets in a configuration. */
function refuseWithoutSecrets(error: FastifyError, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(error instanceof QuoryError ? withoutSecrets(error) : error, request, reply)
}

function withoutSecrets(error: QuoryError): QuoryError {
  if (error.fields === undefined) return error
  const fields = error.fields.map((field) => {
    if (field.loc.includes('configuration')) return { ...field, input: secretMask }
    if (typeof field.input !== 'object' || field.input === null || !('configuration' in field.input)) return field
    return { ...field, input: { ...field.input, configuration: secretMask } }
  })
  return new QuoryError(error.code, error.message, { fields })
}
