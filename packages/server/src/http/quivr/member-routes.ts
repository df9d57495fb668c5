import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { normalizeEmail } from '../../accounts/user.ts'
import { QuoryError } from '../../errors.ts'
import type { ProjectId } from '../../ids.ts'
import { deleteProject } from '../../projects/delete-project.ts'
import { listMembers, removeMember, setMember } from '../../projects/member-store.ts'
import { joinPublicProject } from '../../projects/public-project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { brainParams, member, memberChange } from './brain-schemas.ts'
import { noPermission, requireBrain } from './find-brain.ts'
import { presentRights } from './present.ts'
import { confirmation, problem, refusals } from './schemas.ts'

const tags = ['quivr']
const roles = { Owner: 'owner', Editor: 'editor', Viewer: 'viewer' } as const

type MemberServices = Pick<Services, 'db' | 'wakeUp' | 'files'>

export function registerMemberRoutes(server: Server, services: MemberServices): void {
  const { db } = services
  server.get(
    '/brains/:brain_id/users',
    {
      schema: {
        tags,
        summary: 'List who may use a brain',
        description: 'For its owners.',
        params: brainParams,
        response: { 200: z.array(member), ...refusals },
      },
    },
    async (request) => {
      const { brain_id: id } = request.params
      await requireBrain(db.query, request.principal, id, 'owner')
      const { items } = await listMembers(db.query, request.principal, id, {})
      return items.map(({ email, role }) => ({ email, rights: presentRights(role) }))
    },
  )
  server.put(
    '/brains/:brain_id/subscription',
    {
      schema: {
        tags,
        summary: "Change a member's rights",
        description: 'For owners. Null takes the member out.',
        params: brainParams,
        body: memberChange,
        response: { 200: confirmation, ...refusals, 409: problem },
      },
    },
    async (request) => {
      requireScope(request.principal, 'admin')
      const { brain_id: id } = request.params
      const { email, rights } = request.body
      await requireBrain(db.query, request.principal, id, 'owner')
      const { items } = await listMembers(db.query, request.principal, id, {})
      const user = items.find((item) => item.email === normalizeEmail(email))
      // The same for a stranger and for nobody: owners do not learn here who has an account.
      if (user === undefined) throw new QuoryError('member_not_found', `${email} is not a member of this brain`)
      if (rights === null) await removeMember(db, request.principal, id, user.user_id)
      else await setMember(db, request.principal, id, user.user_id, roles[rights])
      return { message: 'Brain subscription updated successfully' }
    },
  )
  server.delete(
    '/brains/:brain_id/subscription',
    {
      schema: {
        tags,
        summary: 'Leave a brain',
        description: 'The last owner who leaves deletes it, with everything in it.',
        params: brainParams,
        response: { 200: confirmation, ...refusals, 409: problem },
      },
    },
    async (request) => {
      requireScope(request.principal, 'admin')
      const { brain_id: id } = request.params
      await requireBrain(db.query, request.principal, id, 'viewer')
      await leaveOrDelete(services, request.principal, id)
      return { message: `Subscription removed successfully from brain ${id}` }
    },
  )
  server.post(
    '/brains/:brain_id/subscribe',
    {
      schema: {
        tags,
        summary: 'Become a viewer of a public brain',
        params: brainParams,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      requireScope(request.principal, 'admin')
      if (!(await joinPublicProject(db, request.principal, request.params.brain_id))) throw noPermission()
      return { message: 'You have successfully subscribed to the brain' }
    },
  )
  server.post(
    '/brains/:brain_id/unsubscribe',
    {
      schema: {
        tags,
        summary: 'Leave a brain that others own',
        params: brainParams,
        response: { 200: confirmation, ...refusals, 409: problem },
      },
    },
    async (request) => {
      requireScope(request.principal, 'admin')
      const { brain_id: id } = request.params
      try {
        await requireBrain(db.query, request.principal, id, 'viewer')
        await removeMember(db, request.principal, id, request.principal.userId)
      } catch (error) {
        // An earlier run of the same request may have been cut off after the caller had left.
        if (request.ids.made !== 'perhaps' || !isNoMember(error)) throw error
      }
      return { message: 'You have successfully unsubscribed from the brain' }
    },
  )
}

function isNoMember(error: unknown): boolean {
  return error instanceof QuoryError && (error.code === 'forbidden' || error.code === 'member_not_found')
}

async function leaveOrDelete(services: MemberServices, principal: Principal, id: ProjectId): Promise<void> {
  const { db } = services
  try {
    await removeMember(db, principal, id, principal.userId)
  } catch (error) {
    if (!(error instanceof QuoryError) || error.code !== 'last_owner') throw error
    await deleteProject(services, principal, id)
  }
}
