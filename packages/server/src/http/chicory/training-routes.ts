import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Database } from '../../database/database.ts'
import { QuoryError } from '../../errors.ts'
import { type ProjectId, parseId, type TrainingId } from '../../ids.ts'
import { requireTraining } from '../../ingestion/data-access.ts'
import { changeTraining, deleteTraining, startTraining } from '../../ingestion/training/manage-training.ts'
import {
  type Training,
  type TrainingRef,
  trainingJob,
  trainingKind,
  trainingNotFound,
} from '../../ingestion/training/training.ts'
import { findOverview, listTrainings } from '../../ingestion/training/training-store.ts'
import { findJobProgress } from '../../jobs/job-progress-store.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { presentPage } from './present.ts'
import { presentJob, presentTraining } from './present-data.ts'
import { pageQuery, problem, projectParams, refusals } from './schemas.ts'
import { newTraining, trainingChange, trainingDeletion, trainingParams, trainingWithJob } from './training-schemas.ts'

const tags = ['training']

function trainingRefOf(params: { project_id: string; training_id: string }): TrainingRef {
  const projectId = projectIdOf(params)
  const trainingId = parseId<TrainingId>(params.training_id)
  if (trainingId === undefined) throw trainingNotFound(projectId, params.training_id)
  return { projectId, trainingId }
}

async function findJobs(db: Database, projectId: ProjectId, trainings: readonly Training[]) {
  const payloadOf = ({ id }: Training) => trainingJob({ projectId, trainingId: id }).payload
  const progressOf = await findJobProgress(db, { projectId, kind: trainingKind }, trainings.map(payloadOf))
  return (each: Training) => presentJob(progressOf(payloadOf(each)))
}

async function presentWithJob(db: Database, { projectId }: Pick<TrainingRef, 'projectId'>, found: Training) {
  const jobOf = await findJobs(db, projectId, [found])
  return { ...presentTraining(found), job: jobOf(found) }
}

const markdown = {
  description: 'What the project holds, as Markdown',
  content: { 'text/markdown': { schema: z.string() } },
}

function registerOverview(server: Server, { db }: Pick<Services, 'db'>): void {
  const send = async (reply: FastifyReply, projectId: ProjectId, trainingId?: TrainingId) => {
    const overview = await findOverview(db.query, projectId, trainingId)
    if (overview === undefined) throw new QuoryError('training_not_found', 'No training has written an overview yet')
    // The schema describes the text that the stream sends.
    return reply.type('text/markdown; charset=utf-8').send(Readable.from([overview]) as unknown as string)
  }
  server.get(
    '/projects/:project_id/training/latest/overview',
    {
      schema: {
        tags,
        summary: 'Get Latest Overview',
        description: 'Of the last training that has ended.',
        params: projectParams,
        response: { 200: markdown, ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      return await send(reply, projectId)
    },
  )
  server.get(
    '/projects/:project_id/training/:training_id/overview',
    {
      schema: {
        tags,
        summary: 'Get Overview',
        description: 'What there was when the training ended.',
        params: trainingParams,
        response: { 200: markdown, ...refusals },
      },
    },
    async (request, reply) => {
      const ref = trainingRefOf(request.params)
      await requireTraining(db.query, request.principal, ref)
      return await send(reply, ref.projectId, ref.trainingId)
    },
  )
}

export function registerTrainingRoutes(server: Server, services: Pick<Services, 'db' | 'wakeUp'>): void {
  const { db } = services
  server.get(
    '/projects/:project_id/training',
    {
      schema: {
        tags,
        summary: 'List Training Jobs',
        params: projectParams,
        querystring: pageQuery,
        response: { 200: z.object({ training_jobs: z.array(trainingWithJob) }), ...refusals },
      },
    },
    async (request, reply) => {
      const projectId = projectIdOf(request.params)
      await requireProject(db.query, request.principal, projectId, 'viewer')
      const page = await listTrainings(db.query, projectId, request.query)
      const jobOf = await findJobs(db, projectId, page.items)
      return { training_jobs: presentPage(reply, page, (each) => ({ ...presentTraining(each), job: jobOf(each) })) }
    },
  )
  server.post(
    '/projects/:project_id/training',
    {
      schema: {
        tags,
        summary: 'Create Training Job',
        description: 'Reads the named data sources again in the background. An empty list is done at once.',
        params: projectParams,
        body: newTraining,
        response: { 201: trainingWithJob, ...refusals },
      },
    },
    async (request, reply) => {
      const { data_source_ids: dataSourceIds, description = null } = request.body
      const id = request.ids.next<TrainingId>()
      const input = { id, projectId: projectIdOf(request.params), dataSourceIds, description }
      return reply
        .code(201)
        .send(await presentWithJob(db, input, await startTraining(services, request.principal, input)))
    },
  )
  server.get(
    '/projects/:project_id/training/:training_id',
    {
      schema: {
        tags,
        summary: 'Get Training Job',
        params: trainingParams,
        response: { 200: trainingWithJob, ...refusals },
      },
    },
    async (request) => {
      const ref = trainingRefOf(request.params)
      return await presentWithJob(db, ref, await requireTraining(db.query, request.principal, ref))
    },
  )
  registerOverview(server, services)
  server.put(
    '/projects/:project_id/training/:training_id',
    {
      schema: {
        tags,
        summary: 'Update Training Job',
        description:
          'Changes the description. Status, progress and error are the server’s to say: sent, they are ignored.',
        params: trainingParams,
        body: trainingChange,
        response: { 200: trainingWithJob, ...refusals },
      },
    },
    async (request) => {
      const change = { description: request.body.description ?? undefined }
      const ref = trainingRefOf(request.params)
      return await presentWithJob(db, ref, await changeTraining(services, request.principal, ref, change))
    },
  )
  server.delete(
    '/projects/:project_id/training/:training_id',
    {
      schema: {
        tags,
        summary: 'Delete Training Job',
        params: trainingParams,
        response: { 200: trainingDeletion, ...refusals, 400: problem },
      },
    },
    async (request) => {
      const ref = trainingRefOf(request.params)
      const { deletedAt } = await deleteTraining(services, request.principal, ref)
      return { message: `Training job ${ref.trainingId} successfully deleted`, deleted_at: deletedAt }
    },
  )
}
