import { openAsBlob } from 'node:fs'
import { basename } from 'node:path'
import { type Connection, connect, findProjectId } from './connect.ts'

interface IngestOptions {
  readonly files: readonly string[]
  readonly project?: string
}

const pollMs = 200

export async function ingest(
  env: Readonly<Record<string, string | undefined>>,
  { files, project }: IngestOptions,
): Promise<void> {
  await using connection = await connect(env)
  const projectId = await findProjectId(connection, project)
  let failures = 0
  for (const file of files) {
    try {
      process.stdout.write(`${file}: ${await ingestOne(connection, projectId, file)}\n`)
    } catch (error) {
      failures += 1
      process.stdout.write(`${file}: FAILED: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
  if (failures > 0) throw new Error(`${failures} of ${files.length} files could not be added.`)
}

async function ingestOne(connection: Connection, projectId: string, file: string): Promise<string> {
  const form = new FormData()
  form.append('file', await openAsBlob(file), basename(file))
  const response = await connection.request('POST', `/v1/projects/${projectId}/data-sources/upload`, form)
  // The published shape of this route and of its refusals.
  const answer = (await response.json()) as { detail: unknown; data_sources: [{ id: string }] }
  if (!response.ok) throw new Error(typeof answer.detail === 'string' ? answer.detail : JSON.stringify(answer.detail))
  const { id } = answer.data_sources[0]
  for (;;) {
    const source = await connection.json('GET', `/v1/projects/${projectId}/data-sources/${id}`)
    if (source['status'] === 'connected') return 'indexed'
    if (source['status'] === 'error') throw new Error(String(source['error']))
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}
