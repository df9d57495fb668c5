import { z } from 'zod'
import type { Principal } from '../../accounts/principal.ts'
import { type Queryable, timeFromNow } from '../../database/database.ts'
import type { ChatId } from '../../ids.ts'
import type { Source } from '../../ingestion/source.ts'
import { listChatSources } from '../../ingestion/source-lookup-store.ts'
import { crawledUrl, presentTime } from './present.ts'
import { id } from './schemas.ts'

/** How long a chat shows what was added from it. */
const shownMs = 5 * 60_000

export const notification = z.object({
  id,
  datetime: z.string().meta({ example: '2026-11-25T20:13:48.123' }),
  chat_id: id.nullable(),
  message: z.string().nullable().meta({ description: 'JSON with status, message and name' }),
  action: z.enum(['UPLOAD', 'CRAWL']),
  status: z.enum(['Pending', 'Done']),
})

/** What was added from a chat within the last five minutes, and how it went. */
export async function listNotifications(db: Queryable, principal: Principal, chatId: ChatId) {
  const found = await listChatSources(db, principal, { chatId, since: timeFromNow(-shownMs) })
  return found.map(({ source, projectName }) => presentNotification(source, projectName, chatId))
}

function presentNotification(source: Source, brain: string, chatId: ChatId): z.infer<typeof notification> {
  const isDone = source.status === 'connected' || source.status === 'error'
  return {
    id: source.id,
    datetime: presentTime(source.created_at),
    chat_id: chatId,
    message: isDone ? printedResult(source, brain) : null,
    action: crawledUrl(source) === null ? 'UPLOAD' : 'CRAWL',
    status: isDone ? 'Done' : 'Pending',
  }
}

/** Clients turn every apostrophe into a quotation mark before they parse it, so there must be none. */
function printedResult(source: Source, brain: string): string {
  const name = source.file_name ?? source.name
  const isRead = source.status === 'connected'
  const message = isRead
    ? `✅ ${name} has been uploaded to brain ${brain} in ${source.items_done} chunks`
    : `❌ ${name} could not be read: ${source.error ?? 'no reason is known'}`
  return JSON.stringify({ status: isRead ? 'success' : 'error', message, name }).replaceAll("'", '\\u0027')
}
