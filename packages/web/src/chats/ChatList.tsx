import { useInfiniteQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../server/chats-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { Skeleton } from '../ui/Skeleton.tsx'
import { ChatRow } from './ChatRow.tsx'
import { type Day, groupChats } from './group-chats.ts'

interface ChatListProps {
  readonly projectId: string
  readonly onNavigate: () => void
}

/** The project's chats by day. Rows are made for what is seen, and pages are read as one scrolls: 100,000 chats are no burden. */
export function ChatList({ projectId, onNavigate }: ChatListProps) {
  const { t, i18n } = useTranslation()
  const quory = useQuory()
  const { chatId } = useParams({ strict: false })
  const pinned = useInfiniteQuery(chatsQuery(quory, { projectId, state: 'active', isPinned: true }))
  const recent = useInfiniteQuery(chatsQuery(quory, { projectId, state: 'active', isPinned: false }))
  const rows = useMemo(() => {
    const chatsOf = (pages: typeof pinned.data) => pages?.pages.flatMap(({ chats }) => chats) ?? []
    return groupChats(chatsOf(pinned.data), chatsOf(recent.data), new Date())
  }, [pinned.data, recent.data])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length + (recent.hasNextPage ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (rows[index]?.type === 'heading' ? 32 : 34),
    getItemKey: (index) => {
      const row = rows[index]
      if (row === undefined) return 'more'
      return row.type === 'chat' ? row.chat.id : row.day.name === 'month' ? row.day.date.getTime() : row.day.name
    },
    overscan: 12,
  })
  const items = virtualizer.getVirtualItems()
  const isAtEnd = (items.at(-1)?.index ?? 0) >= rows.length - 10
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = recent
  useEffect(() => {
    if (isAtEnd && hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [isAtEnd, hasNextPage, isFetchingNextPage, fetchNextPage])

  if (recent.isPending) return <LoadingList />
  if (recent.isError && recent.data === undefined) {
    return (
      <div className="min-h-0 flex-1 p-2">
        <ErrorNotice error={recent.error} onRetry={() => void recent.refetch()} />
      </div>
    )
  }
  if (rows.length === 0)
    return <p className="min-h-0 flex-1 px-4.5 py-3 text-sm text-muted-foreground">{t('chats.none')}</p>
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-2">
      <ul aria-label={t('chats.list')} className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]
          return (
            <li
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {row === undefined ? (
                <Skeleton className="mx-2 my-2 h-4" />
              ) : row.type === 'heading' ? (
                <h2 className="px-2.5 pt-3 pb-1 text-xs font-medium text-muted-foreground">{nameOf(row.day)}</h2>
              ) : (
                <ChatRow chat={row.chat} isCurrent={row.chat.id === chatId} onNavigate={onNavigate} />
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )

  function nameOf(day: Day): string {
    if (day.name !== 'month') return t(`chats.days.${day.name}`)
    return new Intl.DateTimeFormat(localeOf(i18n.language), { month: 'long', year: 'numeric' }).format(day.date)
  }
}

function LoadingList() {
  const { t } = useTranslation()
  return (
    <div role="status" className="grid min-h-0 flex-1 content-start gap-3 px-4.5 py-4">
      <span className="sr-only">{t('ui.loading')}</span>
      {['w-3/4', 'w-1/2', 'w-5/6', 'w-2/3', 'w-3/5'].map((width) => (
        <Skeleton key={width} className={`h-4 ${width}`} />
      ))}
    </div>
  )
}
