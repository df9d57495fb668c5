import type { FastifyReply } from 'fastify'
import type { Citation } from '../../answers/citations/citation.ts'
import type { Chat, Message } from '../../chats/chat.ts'
import { type Page, unpagedCap } from '../../database/page.ts'
import type { MemberRole } from '../../database/schema.ts'
import type { Source } from '../../ingestion/source.ts'
import { contentUrl, presentCited } from '../cited-content.ts'

/** Quivr's times are naive UTC; six digits always, since its own clients failed on a whole second. */
export function presentTime(time: string): string {
  return `${time.slice(0, -1)}000`
}

export function presentChat(chat: Chat) {
  return {
    chat_id: chat.id,
    user_id: chat.ownerId,
    creation_time: presentTime(chat.createdAt),
    chat_name: chat.name,
  }
}

/** Where a page or repository that a brain crawled is; null for what was uploaded. */
export function crawledUrl({ type, configuration }: Pick<Source, 'type' | 'configuration'>): string | null {
  const { url } = configuration
  return (type === 'web' || type === 'github') && typeof url === 'string' ? url : null
}

const rights = { owner: 'Owner', editor: 'Editor', viewer: 'Viewer' } as const

export function presentRights(role: MemberRole) {
  return rights[role]
}

/** What a reply keeps of the brain and prompt it was asked with; beside Quivr's own, any dialect's replies come here. */
export interface ReplyLabels {
  readonly brain_id: string | null
  readonly brain_name: string | null
  readonly prompt_title: string | null
}

export function labelsOf(metadata: Message['metadata']): ReplyLabels {
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  return {
    brain_id: text(metadata['brain_id']),
    brain_name: text(metadata['brain_name']),
    prompt_title: text(metadata['prompt_title']),
  }
}

/** Why an answer stops where it does, as its last words. Shown, never stored with the text. */
export function presentFailure({ content, error }: Pick<Message, 'content' | 'error'>): string {
  const reason = error?.message ?? 'The server could not finish it.'
  return content === '' ? `No answer could be given: ${reason}` : `\n\nThe answer was cut off here: ${reason}`
}

function presentSources(citations: readonly Citation[]) {
  const ofFiles = citations.flatMap((citation) => {
    const { document_id, data_source_id, document_name, project_id } = citation
    if (document_id === null || data_source_id === null) return []
    const file_id = citation.file_id ?? data_source_id
    return [{ document_id, document_name, source_url: contentUrl({ project_id, data_source_id, file_id }) }]
  })
  const byDocument = new Map(ofFiles.map((citation) => [citation.document_id, citation]))
  return [...byDocument.values()].map(({ document_id, document_name, source_url }) => ({
    name: document_name,
    type: 'file' as const,
    source_url,
    original_file_name: document_name,
    document_id,
  }))
}

function presentMetadata(reply: Message) {
  return {
    status: reply.status,
    model: reply.model,
    usage: reply.usage,
    sources: presentSources(reply.citations),
    citations: reply.citations.map(presentCited),
    error: reply.error,
  }
}

/** One question with its reply, in Quivr's order of keys. */
export function presentRecord(question: string, reply: Message) {
  const { brain_id, brain_name, prompt_title } = labelsOf(reply.metadata)
  return {
    chat_id: reply.chatId,
    message_id: reply.id,
    user_message: question,
    assistant: reply.status === 'failed' ? reply.content + presentFailure(reply) : reply.content,
    message_time: presentTime(reply.createdAt),
    prompt_title,
    brain_name,
    brain_id,
    metadata: presentMetadata(reply),
    thumbs: reply.rating === null ? null : reply.rating === 1,
  }
}

/** Early clients read history as flat records, later ones as wrapped items: each finds its own. */
export function presentHistoryItem(question: string, reply: Message) {
  const body = presentRecord(question, reply)
  return { item_type: 'MESSAGE' as const, body, ...body }
}

/** Headers of a list published without paging: how to go on, and how many an unpaged call returns at most. */
export function setPageHeaders(reply: FastifyReply, { nextCursor }: Pick<Page<unknown>, 'nextCursor'>): void {
  reply.header('x-list-cap', String(unpagedCap))
  if (nextCursor !== undefined) reply.header('x-next-cursor', nextCursor)
}

/** The JSON value null as a body; Fastify sends nothing at all for a null. */
export function sendNull(reply: { readonly raw: FastifyReply['raw'] }): FastifyReply {
  // Replies differ only in the type of the bodies that their route declares.
  return (reply as FastifyReply).type('application/json; charset=utf-8').send('null')
}
