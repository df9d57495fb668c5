import type { ClientOptions } from './clients.ts'
import { insist } from './clients.ts'
import type { UploadRecord } from './records.ts'

const boundary = 'chaos-boundary-5f1c'

/** One text file, sent until the server says that it has it. */
export async function uploadFile(options: ClientOptions, name: string): Promise<void> {
  const { world, records, count } = options
  count('upload')
  const text = Array.from({ length: 40 }, (_, line) => `Line ${line} of ${name} says that thing ${line} is blue.`).join(
    '\n',
  )
  const body = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}.txt"\r\nContent-Type: text/plain\r\n\r\n${text}\r\n--${boundary}--\r\n`
  const record: UploadRecord = { projectId: world.projectId, name: `${name}.txt`, text, tries: [] }
  records.uploads.push(record)
  const request = {
    method: 'POST',
    path: `/v1/projects/${world.projectId}/data-sources/upload`,
    body,
    // The same bytes again are a conflict: the file is there already.
    finalStatus: 409,
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
  }
  await insist(options, request, ({ text: answer, headers: _, ...tried }) => {
    if (tried.status !== 201 || answer === undefined) return void record.tries.push(tried)
    const { data_sources: sources }: { data_sources: { id: string }[] } = JSON.parse(answer)
    record.tries.push({ ...tried, ...(sources[0] === undefined ? {} : { sourceId: sources[0].id }) })
  })
}
