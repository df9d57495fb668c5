import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import { QuoryError } from '../../errors.ts'
import { type InvitationId, parseId } from '../../ids.ts'
import { inviteMember, listInvitations, revokeInvitation } from '../../projects/invitation-store.ts'
import { requireProject } from '../../projects/project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { invitation, invitationParams, newInvitation } from './account-schemas.ts'
import { projectIdOf } from './path-ids.ts'
import { nothing, problem, projectParams, refusals } from './schemas.ts'

const tags = ['projects']

export function registerInvitationRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/projects/:project_id/invitations',
    {
      schema: {
        tags,
        summary: 'List Invitations',
        description: 'Who was invited to the project and has not come yet. For its owners.',
        params: projectParams,
        response: { 200: z.object({ invitations: z.array(invitation) }), ...refusals },
      },
    },
    async ({ principal, params }) => ({
      invitations: await listInvitations(db.query, principal, projectIdOf(params)),
    }),
  )
  server.post(
    '/projects/:project_id/invitations',
    {
      schema: {
        tags,
        summary: 'Invite Member',
        description:
          'Whoever has this address becomes a member when they next come: at `GET /v1/me`, which the page asks after they ' +
          'signed in. The answer is the same whether or not somebody here has it. It holds for 30 days; inviting the same ' +
          'address again gives it the new role and 30 more.',
        params: projectParams,
        body: newInvitation,
        response: { 201: invitation, ...refusals, 409: problem },
      },
    },
    async (request, reply) => {
      requireScope(request.principal, 'admin')
      const { email, role } = request.body
      const input = { id: request.ids.next<InvitationId>(), email, role }
      return reply.code(201).send(await inviteMember(db, request.principal, projectIdOf(request.params), input))
    },
  )
  server.delete(
    '/projects/:project_id/invitations/:invitation_id',
    {
      schema: {
        tags,
        summary: 'Revoke Invitation',
        params: invitationParams,
        response: { 204: nothing, ...refusals },
      },
    },
    async ({ principal, params }, reply) => {
      requireScope(principal, 'admin')
      const projectId = projectIdOf(params)
      const id = parseId<InvitationId>(params.invitation_id)
      if (id === undefined) {
        await requireProject(db.query, principal, projectId, 'owner')
        throw new QuoryError('invitation_not_found', `Invitation with ID ${params.invitation_id} not found`)
      }
      await revokeInvitation(db.query, principal, projectId, id)
      return reply.code(204).send(null)
    },
  )
}
