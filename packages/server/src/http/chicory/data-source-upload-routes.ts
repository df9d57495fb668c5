import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorStatus, QuoryError } from '../../errors.ts'
import type { ProjectId } from '../../ids.ts'
import { addCsvUpload, addUploads } from '../../ingestion/add-upload.ts'
import { requireDataEditor } from '../../ingestion/data-access.ts'
import { type ReceivedFile, receiveFile } from '../../ingestion/files/receive-file.ts'
import { cleanFileName, type Source } from '../../ingestion/source.ts'
import { isRepeatedForm } from '../idempotency.ts'
import { toQuoryError } from '../problem.ts'
import { readForm } from '../read-form.ts'
import type { Services } from '../services.ts'
import { type Server, validatorCompiler } from '../validation.ts'
import { csvFields, csvUpload, source, upload, uploadResult } from './data-source-schemas.ts'
import { projectIdOf } from './path-ids.ts'
import { presentSource } from './present-data.ts'
import { problem, projectParams, refusals } from './schemas.ts'

const tags = ['data sources']
const consumes = ['multipart/form-data']
const uploadRefusals = { ...refusals, 400: problem, 409: problem, 413: problem, 415: problem }

type UploadServices = Pick<Services, 'db' | 'files' | 'wakeUp' | 'config'>

export function registerDataSourceUploadRoutes(server: Server, services: UploadServices): void {
  server.post(
    '/projects/:project_id/data-sources/upload',
    {
      schema: {
        tags,
        summary: 'Upload Files',
        description:
          'Each file of the form, whatever its field is called, becomes a data source that is indexed in the background. ' +
          '201 when at least one file was stored, with the others under `errors`; when none was, the first refusal is the answer.',
        consumes,
        params: projectParams,
        body: upload,
        response: { 201: uploadResult, ...uploadRefusals },
      },
    },
    async (request, reply) => {
      const result = await storeFiles(services, request, reply, projectIdOf(request.params))
      return result === undefined ? reply : reply.code(201).send(result)
    },
  )
  server.post(
    '/projects/:project_id/data-sources/csv-upload',
    {
      schema: {
        tags,
        summary: 'Upload CSV File',
        description: 'The file is read through before the answer; its rows can be searched shortly after it.',
        consumes,
        params: projectParams,
        body: csvUpload,
        response: { 200: source, ...uploadRefusals },
      },
    },
    async (request, reply) => {
      const stored = await storeTable(services, request, reply, projectIdOf(request.params))
      return stored === undefined ? reply : presentSource(stored)
    },
  )
}

interface FileRefusal {
  readonly file_name: string | null
  readonly error: QuoryError
}

/** A file of the form as it arrived, or why it did not. */
type Arrival =
  | { readonly fileName: string; readonly received: ReceivedFile }
  | { readonly fileName: string | null; readonly error: QuoryError }

/** `undefined` when the answer is on its way, because the same form came before. */
async function storeFiles(
  services: UploadServices,
  request: FastifyRequest,
  reply: FastifyReply,
  projectId: ProjectId,
) {
  await requireDataEditor(services.db.query, request.principal, projectId)
  await using opened = new AsyncDisposableStack()
  const arrivals = await receiveFiles(services, request, opened)
  if (request.keyed !== undefined) requireWhole(arrivals)
  const content = arrivals.map((one) => [one.fileName, 'error' in one ? one.error.code : one.received.hash])
  if (await isRepeatedForm(request, reply, content)) return undefined
  const uploads = arrivals.filter((one) => 'received' in one)
  const place = { ids: request.ids, projectId }
  const results = (await addUploads(services, request.principal, place, uploads)).values()
  const stored: Source[] = []
  const refused: FileRefusal[] = []
  for (const arrival of arrivals) {
    const result = 'error' in arrival ? arrival.error : results.next().value
    if (result === undefined || result instanceof Error) {
      const file_name = arrival.fileName === null ? null : cleanFileName(arrival.fileName)
      refused.push({ file_name, error: asRefusal(result) })
    } else stored.push(result)
  }
  const first = refused[0]
  if (stored.length === 0) throw first?.error ?? missingFile()
  const errors = refused.map(({ file_name, error }) => ({ file_name, code: error.code, detail: error.message }))
  return { data_sources: stored.map(presentSource), errors }
}

async function receiveFiles(
  { files, config }: UploadServices,
  request: FastifyRequest,
  opened: AsyncDisposableStack,
): Promise<readonly Arrival[]> {
  const arrivals: Arrival[] = []
  try {
    await readForm(request, async ({ fileName, content }) => {
      try {
        const received = opened.use(await receiveFile(files.temporary, content, config.maxUploadBytes))
        arrivals.push({ fileName, received })
      } catch (error) {
        arrivals.push({ fileName, error: asRefusal(error) })
      }
    })
  } catch (error) {
    arrivals.push({ fileName: null, error: asRefusal(error) })
  }
  return arrivals
}

/** A form that was cut off will come again, whole and so with other content: half of it must not take its key. */
function requireWhole(arrivals: readonly Arrival[]): void {
  for (const arrival of arrivals) {
    if ('error' in arrival && arrival.error.code !== 'body_too_large') throw arrival.error
  }
}

/** What is the client's to know about one file; the server's own faults fail the whole request. */
function asRefusal(error: unknown): QuoryError {
  const refusal = toQuoryError(error)
  if (errorStatus[refusal.code] >= 500) throw error
  return refusal
}

function missingFile(): QuoryError {
  const field = { type: 'missing', loc: ['body', 'file'], msg: 'Field required', input: null }
  return new QuoryError('invalid_request', field.msg, { fields: [field] })
}

async function storeTable(
  services: UploadServices,
  request: FastifyRequest,
  reply: FastifyReply,
  projectId: ProjectId,
): Promise<Source | undefined> {
  const { db, files, config } = services
  await requireDataEditor(db.query, request.principal, projectId)
  await using opened = new AsyncDisposableStack()
  let table: { received: ReceivedFile; fileName: string } | undefined
  const fields = await readForm(request, async ({ field, fileName, content }) => {
    if (field !== 'file' || table !== undefined) content.resume()
    else table = { received: opened.use(await receiveFile(files.temporary, content, config.maxUploadBytes)), fileName }
  })
  const form = checkFields({ ...Object.fromEntries(fields), file: table?.fileName })
  if (table === undefined) throw missingFile()
  if (!/\.csv$/i.test(table.fileName)) throw new QuoryError('unsupported_file', 'Uploaded file must be a CSV file')
  const { received, fileName } = table
  if (await isRepeatedForm(request, reply, [fileName, received.hash, form])) return undefined
  const { principal, ids } = request
  return await addCsvUpload(services, principal, { ids, projectId, received, fileName, ...form })
}

/** The entries FastAPI would send for a form, in the order its fields are declared. */
function checkFields(fields: Readonly<Record<string, unknown>>): { name: string; description?: string | undefined } {
  const check = validatorCompiler({ schema: csvFields, method: 'POST', url: '', httpPart: 'body' })
  // What this compiler's validators return; Fastify's type allows every shape there is.
  const { error } = check(fields) as { error?: Error }
  if (error !== undefined) throw error
  return csvFields.parse(fields)
}
