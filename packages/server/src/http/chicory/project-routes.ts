import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { QuoryError } from '../../errors.ts'
import type { ProjectId } from '../../ids.ts'
import { deleteProject } from '../../projects/delete-project.ts'
import { createProject, listOrganizationProjects, requireProject, updateProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { projectIdOf } from './path-ids.ts'
import { presentPage, presentProject } from './present.ts'
import { newProject, nothing, pageQuery, problem, project, projectChange, projectParams, refusals } from './schemas.ts'

const tags = ['projects']

export function registerProjectRoutes(server: Server, services: Pick<Services, 'db' | 'wakeUp' | 'files'>): void {
  const { db } = services
  server.get(
    '/projects',
    {
      schema: {
        tags,
        summary: 'List Projects',
        querystring: pageQuery.extend({ organization_id: z.string().meta({ example: 'acme' }) }),
        response: { 200: z.object({ projects: z.array(project) }), ...refusals },
      },
    },
    async (request, reply) => {
      const { organization_id: organizationId, limit, cursor } = request.query
      const page = await listOrganizationProjects(db.query, request.principal, organizationId, { limit, cursor })
      return { projects: presentPage(reply, page, presentProject) }
    },
  )
  server.post(
    '/projects',
    {
      schema: {
        tags,
        summary: 'Create Project',
        body: newProject,
        response: { 201: project, ...refusals, 409: problem },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'admin')
      const id = request.ids.next<ProjectId>()
      const created = await createProject(db, request.principal, { id, ...request.body, isNameUnique: true })
      return reply.code(201).send(presentProject(created))
    },
  )
  server.get(
    '/projects/:project_id',
    { schema: { tags, summary: 'Get Project', params: projectParams, response: { 200: project, ...refusals } } },
    async (request) =>
      presentProject(await requireProject(db.query, request.principal, projectIdOf(request.params), 'viewer')),
  )
  server.put(
    '/projects/:project_id',
    {
      schema: {
        tags,
        summary: 'Update Project',
        params: projectParams,
        body: projectChange,
        response: { 200: project, ...refusals, 409: problem },
      },
    },
    async (request) => {
      requireScope(request.principal, 'admin')
      const { name, description, instructions, model } = request.body
      // Chicory's partial update: null leaves a field as it is.
      const changes = { name, description: description ?? undefined, instructions, model }
      return presentProject(await updateProject(db, request.principal, projectIdOf(request.params), changes))
    },
  )
  server.delete(
    '/projects/:project_id',
    {
      schema: {
        tags,
        summary: 'Delete Project',
        params: projectParams,
        querystring: z.object({ organization_id: z.string().optional() }),
        response: { 204: nothing, ...refusals, 409: problem },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'admin')
      const id = projectIdOf(request.params)
      const found = await requireProject(db.query, request.principal, id, 'owner')
      const { organization_id: organizationId } = request.query
      if (organizationId !== undefined && organizationId !== found.organization_id) {
        throw new QuoryError('forbidden', 'The project belongs to another organization')
      }
      await deleteProject(services, request.principal, id)
      return reply.code(204).send(null)
    },
  )
}
