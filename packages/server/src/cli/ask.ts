import { EventSourceParserStream } from 'eventsource-parser/stream'
import { connect, findProjectId } from './connect.ts'

interface AskOptions {
  readonly question: string
  readonly project?: string
  readonly model?: string
}

export async function ask(
  env: Readonly<Record<string, string | undefined>>,
  { question, project, model }: AskOptions,
): Promise<void> {
  await using connection = await connect(env)
  const projectId = await findProjectId(connection, project)
  const name = [...question].slice(0, 60).join('')
  const chat = await connection.json('POST', `/v1/projects/${projectId}/chats`, { name })
  const path = `/v1/projects/${projectId}/chats/${chat['id']}/messages`
  const response = await connection.request(
    'POST',
    path,
    { content: question, ...(model === undefined ? {} : { model }) },
    { accept: 'text/event-stream' },
  )
  if (!response.ok || response.body === null) throw new Error(await response.text())
  const sources: string[] = []
  const events = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream())
  for await (const { event, data } of events) {
    const value = JSON.parse(data)
    if (event === 'message_chunk') process.stdout.write(value.content_chunk)
    if (event === 'citation') sources.push(describeSource(value))
    if (event === 'message_complete' && value.status !== 'completed') {
      throw new Error(`\nThe answer ${value.status}: ${value.error?.message ?? 'no reason given'}`)
    }
  }
  process.stdout.write(sources.length === 0 ? '\n' : `\n\n${sources.join('\n')}\n`)
}

type Source = PassageSource | { readonly type: 'table'; readonly number: number; readonly sql: string }

interface PassageSource {
  readonly type: 'passage'
  readonly number: number
  readonly document_name: string
  readonly page: number | null
  readonly heading_path: readonly string[]
  readonly quote: string
}

function describeSource(source: Source): string {
  if (source.type === 'table') return `[${source.number}] ${source.sql}`
  const { number, document_name, page, heading_path, quote } = source
  const place = [document_name, ...(page === null ? [] : [`page ${page}`]), ...heading_path].join(', ')
  return `[${number}] ${place}: “${quote.replace(/\s+/g, ' ').trim()}”`
}
