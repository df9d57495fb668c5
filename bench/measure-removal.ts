import { setTimeout as wait } from 'node:timers/promises'
import { type BenchProcess, benchKey } from './bench-process.ts'
import { ingest, type UploadProject } from './ingestion-client.ts'

const everyMs = 2
const quietMs = 1_500

/** How long the server, asked every few milliseconds how it is, took to answer at most: the longest it was kept from it. */
export async function longestSilence({ url }: BenchProcess, work: () => Promise<unknown>): Promise<number> {
  let isOver = false
  let longest = 0
  const asking = (async () => {
    while (!isOver) {
      const start = performance.now()
      await (await fetch(`${url}/health`)).arrayBuffer()
      longest = Math.max(longest, performance.now() - start)
      await wait(everyMs)
    }
  })()
  await work()
  isOver = true
  await asking
  return longest
}

/** Deletes what is at the path, and waits until what goes afterwards is gone. */
export async function remove({ server }: UploadProject, path: string): Promise<void> {
  const response = await fetch(server.url + path, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${benchKey}` },
  })
  if (!response.ok) throw new Error(`Deleting answered ${response.status}: ${await response.text()}`)
  await wait(quietMs)
}

/** The silence while a source of these files, alone in its project, is deleted, and while the project is. */
export async function measureRemoval(project: UploadProject, paths: readonly string[]) {
  const { server, path } = project
  const idle = await longestSilence(server, () => wait(quietMs))
  const [id] = await ingest(project, paths)
  await wait(quietMs)
  const source = await longestSilence(server, () => remove(project, `${path}/data-sources/${id}`))
  await ingest(project, paths)
  await wait(quietMs)
  return { idle, source, project: await longestSilence(server, () => remove(project, path)) }
}
