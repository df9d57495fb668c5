import { z } from 'zod'
import type { ProjectId } from '../../ids.ts'
import { findDefaultProject, setDefaultProject } from '../../projects/home-project-store.ts'
import type { Project } from '../../projects/project.ts'
import { createProject, listProjects, updateProject } from '../../projects/project-store.ts'
import { listPublicProjects, type PublicProject } from '../../projects/public-project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import {
  brain,
  brainChange,
  brainDocument,
  brainParams,
  brainQuestion,
  listedBrain,
  namedBrain,
  newBrain,
  publicBrain,
} from './brain-schemas.ts'
import { requireBrain, requireReadableBrain } from './find-brain.ts'
import { findBrainDocuments } from './find-brain-documents.ts'
import { presentRights, presentTime, setPageHeaders } from './present.ts'
import { confirmation, pageQuery, refusals } from './schemas.ts'

const tags = ['quivr']

export function registerBrainRoutes(server: Server, services: Pick<Services, 'db' | 'ranking'>): void {
  const { db } = services
  server.get(
    '/brains',
    {
      schema: {
        tags,
        summary: 'List the brains the caller sees',
        querystring: pageQuery,
        response: { 200: z.object({ brains: z.array(listedBrain) }), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listProjects(db.query, request.principal, request.query)
      setPageHeaders(reply, page)
      const brains = page.items.map((project) => ({
        ...presentNamedBrain(project),
        status: project.status,
        brain_type: 'doc' as const,
      }))
      return { brains }
    },
  )
  server.get(
    '/brains/public',
    {
      schema: {
        tags,
        summary: 'List public brains',
        querystring: pageQuery,
        response: { 200: z.array(publicBrain), ...refusals },
      },
    },
    async (request, reply) => {
      const page = await listPublicProjects(db.query, request.query)
      setPageHeaders(reply, page)
      return page.items.map(({ id, name, description, memberCount, updated_at }) => ({
        id,
        name,
        description,
        number_of_subscribers: memberCount,
        last_update: presentTime(updated_at),
        brain_type: 'doc' as const,
        brain_definition: null,
      }))
    },
  )
  server.get(
    '/brains/default',
    {
      schema: {
        tags,
        summary: "The caller's default brain, made when there is none",
        response: { 200: namedBrain, ...refusals },
      },
    },
    async (request) => presentNamedBrain(await findDefaultProject(db, request.principal)),
  )
  server.get(
    '/brains/:brain_id',
    {
      schema: { tags, summary: 'Read a brain', params: brainParams, response: { 200: brain, ...refusals } },
    },
    async (request) => presentBrain(await requireReadableBrain(db.query, request.principal, request.params.brain_id)),
  )
  server.post(
    '/brains',
    {
      schema: {
        tags,
        summary: 'Create a brain',
        description: 'The first one becomes the default.',
        body: newBrain,
        response: { 200: namedBrain, ...refusals },
      },
    },
    async (request) => {
      const { name, description, status, model, temperature, max_tokens, prompt_id } = request.body
      const created = await createProject(db, request.principal, {
        id: request.ids.next<ProjectId>(),
        name: name ?? 'Default brain',
        description: description ?? 'This is a description',
        status: status ?? 'private',
        model: model || null,
        temperature: temperature ?? null,
        max_tokens: max_tokens ?? null,
        prompt_id,
        isNameUnique: false,
        isDefaultIfNone: true,
      })
      return presentNamedBrain(created)
    },
  )
  server.put(
    '/brains/:brain_id',
    {
      schema: {
        tags,
        summary: 'Change a brain',
        description: 'For editors and owners. What is left out stays; null clears a setting.',
        params: brainParams,
        body: brainChange,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      const { brain_id: id } = request.params
      await requireBrain(db.query, request.principal, id, 'editor')
      const { name, description, status, model, temperature, max_tokens, prompt_id } = request.body
      await updateProject(db, request.principal, id, {
        name,
        description,
        status: status ?? undefined,
        model: model === '' ? null : model,
        temperature,
        max_tokens,
        prompt_id,
      })
      return { message: `Brain ${id} has been updated.` }
    },
  )
  server.post(
    '/brains/:brain_id/default',
    {
      schema: {
        tags,
        summary: 'Make a brain the default one',
        params: brainParams,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      const { brain_id: id } = request.params
      await requireBrain(db.query, request.principal, id, 'owner')
      await setDefaultProject(db, request.principal, id)
      return { message: `Brain ${id} has been set as default brain.` }
    },
  )
  server.post(
    '/brains/:brain_id/documents',
    {
      config: { runsAgain: true },
      schema: {
        tags,
        summary: 'Find the documents that a question is about',
        params: brainParams,
        body: brainQuestion,
        response: { 200: z.object({ docs: z.array(brainDocument) }), ...refusals },
      },
    },
    async (request) => {
      const { id } = await requireReadableBrain(db.query, request.principal, request.params.brain_id)
      return { docs: await findBrainDocuments(services, id, request.body.question) }
    },
  )
}

function presentNamedBrain({ id, name, role }: Project) {
  return { id, name, rights: presentRights(role) }
}

function presentBrain(project: PublicProject) {
  const { id, name, description, temperature, model, max_tokens, status, prompt_id, updated_at } = project
  return {
    brain_id: id,
    id,
    name,
    description,
    temperature,
    model,
    max_tokens,
    status,
    prompt_id,
    last_update: presentTime(updated_at),
    brain_type: 'doc' as const,
    brain_definition: null,
    connected_brains_ids: [],
  }
}
