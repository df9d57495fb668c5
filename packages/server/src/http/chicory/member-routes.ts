import { z } from 'zod'
import { QuoryError } from '../../errors.ts'
import { parseId, type UserId } from '../../ids.ts'
import { listMembers, removeMember, setMember } from '../../projects/member-store.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { userIdOf } from './account-routes.ts'
import { member, memberChange, memberParams } from './account-schemas.ts'
import { projectIdOf } from './path-ids.ts'
import { presentPage } from './present.ts'
import { nothing, pageQuery, problem, projectParams, refusals } from './schemas.ts'

const tags = ['projects']

export function registerMemberRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/projects/:project_id/members',
    {
      schema: {
        tags,
        summary: 'List Members',
        params: projectParams,
        querystring: pageQuery,
        response: { 200: z.object({ members: z.array(member) }), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listMembers(db.query, request.principal, projectIdOf(request.params), request.query)
      return { members: presentPage(reply, page, (one) => one) }
    },
  )
  server.put(
    '/projects/:project_id/members/:user_id',
    {
      schema: {
        tags,
        summary: 'Set Member',
        description: 'Makes a user a member or changes their role: viewer, editor or owner.',
        params: memberParams,
        body: memberChange,
        response: { 200: member, ...refusals, 409: problem },
      },
    },
    async ({ principal, params, body }) => {
      const projectId = projectIdOf(params)
      await requireProject(db.query, principal, projectId, 'owner')
      return setMember(db, principal, projectId, userIdOf(params), body.role)
    },
  )
  server.delete(
    '/projects/:project_id/members/:user_id',
    {
      schema: {
        tags,
        summary: 'Remove Member',
        params: memberParams,
        response: { 204: nothing, ...refusals, 409: problem },
      },
    },
    async ({ principal, params }, reply) => {
      const userId = parseId<UserId>(params.user_id)
      const projectId = projectIdOf(params)
      if (userId === undefined) {
        await requireProject(db.query, principal, projectId, 'owner')
        throw new QuoryError('member_not_found', `User ${params.user_id} is not a member of this project`)
      }
      await removeMember(db, principal, projectId, userId)
      return reply.code(204).send(null)
    },
  )
}
