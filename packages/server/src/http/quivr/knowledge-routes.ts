import { extname } from 'node:path'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireScope } from '../../accounts/authorize.ts'
import type { Principal } from '../../accounts/principal.ts'
import { requireOwnChat } from '../../chats/chat-store.ts'
import { invalidField, QuoryError } from '../../errors.ts'
import { type ChatId, type ProjectId, parseId, type SourceId } from '../../ids.ts'
import { addUpload, type NewUpload } from '../../ingestion/add-upload.ts'
import { findRepositoryAddress } from '../../ingestion/connectors/github-address.ts'
import { deleteSource } from '../../ingestion/delete-source.ts'
import { type ReceivedFile, receiveFile } from '../../ingestion/files/receive-file.ts'
import { createSource } from '../../ingestion/manage-source.ts'
import { cleanFileName, type Source } from '../../ingestion/source.ts'
import { findSource, listSources } from '../../ingestion/source-store.ts'
import { startSync } from '../../ingestion/syncs/manage-sync.ts'
import { text } from '../fields.ts'
import { isRepeatedForm } from '../idempotency.ts'
import { readForm } from '../read-form.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { brainQuery } from './brain-schemas.ts'
import { knowledgeNotFound, knowledgeParams } from './download-routes.ts'
import { requireBrain, requireReadableBrain } from './find-brain.ts'
import { crawledUrl, setPageHeaders } from './present.ts'
import { confirmation, id, pageQuery, problem, refusals } from './schemas.ts'

const tags = ['quivr']
const knowledge = z.object({
  id,
  brain_id: id,
  file_name: z.string().nullable().meta({ example: 'handbook.pdf' }),
  url: z.string().nullable(),
  extension: z.string().meta({ example: '.pdf' }),
  status: z.enum(['configured', 'syncing', 'connected', 'error']),
  error: z.string().nullable(),
})
const addQuery = brainQuery.extend({
  chat_id: z.string().optional().meta({ description: 'A chat of yours that is told how it goes' }),
})
const crawl = z
  .object({
    url: text({ min: 1, max: 2_000 }),
    js: z.boolean().optional(),
    depth: z.int().optional(),
    max_pages: z.int().optional(),
    max_time: z.int().optional(),
  })
  .meta({ example: { url: 'https://example.com/' } })
const upload = z.object({ uploadFile: z.string().meta({ format: 'binary' }) }).optional()

type KnowledgeServices = Pick<Services, 'db' | 'files' | 'tableFiles' | 'wakeUp' | 'config' | 'secrets'>

export function registerKnowledgeRoutes(server: Server, services: KnowledgeServices): void {
  const { db } = services
  server.post(
    '/upload',
    {
      schema: {
        tags,
        summary: 'Add a file to a brain',
        description: 'For editors and owners. The file can be asked about once it was read; GET /knowledge says when.',
        consumes: ['multipart/form-data'],
        querystring: addQuery,
        body: upload,
        response: { 200: confirmation, ...refusals, 400: problem, 413: problem, 415: problem },
      },
    },
    async (request, reply) => {
      const chatId = await findChat(services, request.principal, request.query.chat_id)
      const isStored = await storeFile(services, request, reply, { projectId: request.query.brain_id, chatId })
      return isStored ? { message: 'File processing has started.' } : reply
    },
  )
  server.post(
    '/crawl',
    {
      schema: {
        tags,
        summary: 'Add a web page or a GitHub repository to a brain',
        description:
          'For editors and owners. This page alone; how far to follow links is accepted and not used. The address of a public repository at github.com, or of a branch of it or a folder there, adds its files.',
        querystring: addQuery,
        body: crawl,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      const { brain_id: projectId, chat_id } = request.query
      requireScope(request.principal, 'admin')
      await requireBrain(db.query, request.principal, projectId, 'editor')
      const { url } = request.body
      const ref = { projectId, sourceId: request.ids.next<SourceId>() }
      const name = [...url].slice(0, 100).join('')
      const chatId = await findChat(services, request.principal, chat_id)
      const source = { id: ref.sourceId, projectId, ...crawledSource(url), name, chatId }
      const { status } = await createSource(services, request.principal, source)
      // Otherwise an earlier run of the same request began it.
      if (status === 'configured') await startSync(services, request.principal, ref)
      return { message: 'Crawl processing has started.' }
    },
  )
  server.get(
    '/knowledge',
    {
      schema: {
        tags,
        summary: 'List the files of a brain, oldest first',
        querystring: brainQuery.extend(pageQuery.shape),
        response: { 200: z.object({ knowledges: z.array(knowledge) }), ...refusals },
      },
    },
    async (request, reply) => {
      const { brain_id: brainId, ...page } = request.query
      await requireReadableBrain(db.query, request.principal, brainId)
      const listed = await listSources(db.query, brainId, page)
      setPageHeaders(reply, listed)
      return { knowledges: listed.items.map(presentKnowledge) }
    },
  )
  server.delete(
    '/knowledge/:knowledge_id',
    {
      schema: {
        tags,
        summary: 'Delete a file of a brain, and what was learnt from it',
        params: knowledgeParams,
        querystring: brainQuery,
        response: { 200: confirmation, ...refusals },
      },
    },
    async (request) => {
      const ref = { projectId: request.query.brain_id, sourceId: request.params.knowledge_id }
      await requireBrain(db.query, request.principal, ref.projectId, 'editor')
      const source = await findSource(db.query, ref)
      if (source === undefined) throw knowledgeNotFound()
      await deleteSource(services, request.principal, ref)
      const name = source.file_name ?? source.name
      return { message: `${name} of brain ${ref.projectId} has been deleted by user ${request.principal.email}.` }
    },
  )
}

/** 404 for one that is not the caller's own. What is no id is ignored, as it always was. */
async function findChat({ db }: KnowledgeServices, principal: Principal, chat: string | undefined) {
  const id = chat === undefined ? undefined : parseId<ChatId>(chat)
  if (id === undefined) return undefined
  return (await requireOwnChat(db.query, principal, id)).id
}

/** `false` when the answer is on its way, because the same form came before. */
async function storeFile(
  services: KnowledgeServices,
  request: FastifyRequest,
  reply: FastifyReply,
  { projectId, chatId }: { readonly projectId: ProjectId; readonly chatId: ChatId | undefined },
): Promise<boolean> {
  const { db, files, config } = services
  requireScope(request.principal, 'admin')
  await requireBrain(db.query, request.principal, projectId, 'editor')
  await using opened = new AsyncDisposableStack()
  let file: { readonly received: ReceivedFile; readonly fileName: string } | undefined
  await readForm(request, async ({ field, fileName, content }) => {
    if (field !== 'uploadFile' || file !== undefined) content.resume()
    else file = { received: opened.use(await receiveFile(files.temporary, content, config.maxUploadBytes)), fileName }
  })
  if (file === undefined) {
    throw invalidField({ type: 'missing', loc: ['body', 'uploadFile'], msg: 'Field required', input: null })
  }
  if (await isRepeatedForm(request, reply, [file.fileName, file.received.hash])) return false
  await addOnce(services, request, { ids: request.ids, projectId, chatId, ...file })
  return true
}

async function addOnce(services: KnowledgeServices, { principal }: FastifyRequest, file: NewUpload): Promise<void> {
  try {
    await addUpload(services, principal, file)
  } catch (error) {
    if (!(error instanceof QuoryError) || error.code !== 'data_source_exists') throw error
    const message = `File ${cleanFileName(file.fileName)} already exists in storage.`
    throw new QuoryError('data_source_exists', message, { cause: error })
  }
}

/** `url` is no field of a repository's: it is kept to be shown. */
function crawledSource(url: string): Pick<Source, 'type' | 'configuration'> {
  const address = findRepositoryAddress(url)
  if (address === undefined) return { type: 'web', configuration: { url, crawl: 'page' } }
  const { owner, repository, branch = '', folder = '' } = address
  return { type: 'github', configuration: { url, username: owner, repositories: repository, branch, paths: folder } }
}

function presentKnowledge(source: Source) {
  const fileName = source.file_name ?? source.name
  const url = crawledUrl(source)
  return {
    id: source.id,
    brain_id: source.project_id,
    file_name: url === null ? fileName : null,
    url,
    extension: url === null ? extname(fileName) : '',
    status: source.status,
    error: source.error,
  }
}
