import type { Chat } from '@quory/sdk'

/** A row of the list: a heading over the chats of a day, or one of them. */
export type ChatListRow =
  | { readonly type: 'heading'; readonly day: Day }
  | { readonly type: 'chat'; readonly chat: Chat }

/** How long ago, as people say it: the nearer the finer. `month` is a date within it. */
export type Day =
  | { readonly name: 'pinned' | 'today' | 'yesterday' | 'week' | 'month30' }
  | { readonly name: 'month'; readonly date: Date }

const dayMs = 24 * 60 * 60 * 1_000

/** `chats` newest first; a heading wherever the next day begins, by the reader's own calendar. */
export function groupChats(pinned: readonly Chat[], chats: readonly Chat[], now: Date): ChatListRow[] {
  const rows: ChatListRow[] = []
  if (pinned.length > 0) rows.push({ type: 'heading', day: { name: 'pinned' } })
  for (const chat of pinned) rows.push({ type: 'chat', chat })
  let last = ''
  for (const chat of chats) {
    const day = dayOf(new Date(chat.updated_at), now)
    const key = day.name === 'month' ? `${day.date.getFullYear()}-${day.date.getMonth()}` : day.name
    if (key !== last) rows.push({ type: 'heading', day })
    last = key
    rows.push({ type: 'chat', chat })
  }
  return rows
}

function dayOf(date: Date, now: Date): Day {
  // Between midnights and rounded, since a day may have 23 or 25 hours.
  const days = Math.round((midnight(now) - midnight(date)) / dayMs)
  if (days <= 0) return { name: 'today' }
  if (days === 1) return { name: 'yesterday' }
  if (days <= 7) return { name: 'week' }
  if (days <= 30) return { name: 'month30' }
  return { name: 'month', date }
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime()
}
