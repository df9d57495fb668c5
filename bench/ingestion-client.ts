import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type BenchProcess, benchKey } from './bench-process.ts'

const filesPerRequest = 20
const requestsAtOnce = 2
const pollMs = 25

export interface UploadProject {
  readonly server: BenchProcess
  /** `/v1/projects/…`. */
  readonly path: string
}

/** As the routes' schemas say. */
interface Reply {
  readonly status: string
  readonly data_sources: readonly { readonly id: string; readonly status: string }[]
}

async function call({ server, path }: UploadProject, subPath: string, form?: FormData) {
  const response = await fetch(server.url + path + subPath, {
    method: form === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${benchKey}` },
    ...(form === undefined ? {} : { body: form }),
  })
  if (!response.ok) throw new Error(`${subPath} answered ${response.status}: ${await response.text()}`)
  const cursor = response.headers.get('x-next-cursor')
  return { reply: (await response.json()) as Reply, cursor }
}

/** Uploads files in forms of some and returns their sources when all can be searched, or were refused in words. */
export async function ingest(
  project: UploadProject,
  paths: readonly string[],
  perRequest = filesPerRequest,
): Promise<string[]> {
  const forms = Array.from({ length: Math.ceil(paths.length / perRequest) }, (_, i) =>
    paths.slice(i * perRequest, (i + 1) * perRequest),
  )
  const ids: string[] = []
  const send = async () => {
    for (let next = forms.shift(); next !== undefined; next = forms.shift()) {
      const form = new FormData()
      for (const path of next) form.append('files', await openAsBlob(path), basename(path))
      const { reply } = await call(project, '/data-sources/upload', form)
      ids.push(...reply.data_sources.map(({ id }) => id))
    }
  }
  await Promise.all(Array.from({ length: requestsAtOnce }, send))
  const last = ids.at(-1)
  if (last !== undefined) await until(async () => !(await isBeingRead(project, last)))
  await until(async () => !(await isAnyBeingRead(project)))
  return ids
}

async function isBeingRead(project: UploadProject, id: string): Promise<boolean> {
  return (await call(project, `/data-sources/${id}`)).reply.status === 'syncing'
}

async function isAnyBeingRead(project: UploadProject): Promise<boolean> {
  let place = ''
  for (;;) {
    const { reply, cursor } = await call(project, `/data-sources?limit=100${place}`)
    if (reply.data_sources.some(({ status }) => status === 'syncing')) return true
    if (cursor === null) return false
    place = `&cursor=${cursor}`
  }
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, pollMs))
}

export async function filesOf(folder: string): Promise<string[]> {
  return (await readdir(folder)).sort().map((name) => join(folder, name))
}

/** Time to the first words of an answer and to its end. */
export async function ask({ server, path }: UploadProject, chat: string, content: string) {
  const start = performance.now()
  const response = await fetch(`${server.url}${path}/chats/${chat}/messages`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${benchKey}`,
      'content-type': 'application/json',
      accept: 'text/event-stream',
    },
    body: JSON.stringify({ content }),
  })
  if (!response.ok) throw new Error(`A question was answered ${response.status}: ${await response.text()}`)
  let first: number | undefined
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString()
    if (first === undefined && text.includes('"content_chunk"')) first = performance.now() - start
  }
  return { first: first ?? Number.NaN, end: performance.now() - start }
}
