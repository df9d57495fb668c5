import type { Chat } from '@quory/sdk'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Archive, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { chatsQuery } from '../server/chats-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { Page } from '../ui/Page.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { useChatActions } from './use-chat-actions.ts'

const route = getRouteApi('/shell/p/$projectId/chats/$state')

/** What was put away: the archive, or the trash, from where everything can come back. */
export function KeptChatsPage() {
  const { projectId, state } = route.useParams()
  const { t } = useTranslation()
  const quory = useQuory()
  const list = useInfiniteQuery(chatsQuery(quory, { projectId, state, isPinned: false }))
  const chats = list.data?.pages.flatMap((page) => page.chats) ?? []
  return (
    <Page title={t(`chats.${state}.title`)} text={t(`chats.${state}.text`)}>
      {list.isError ? <ErrorNotice error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton className="h-40" /> : null}
      {list.isSuccess && chats.length === 0 ? (
        <EmptyState icon={state === 'trash' ? <Trash2 /> : <Archive />} title={t(`chats.${state}.empty`)} />
      ) : null}
      <ul className="divide-y rounded-lg border empty:hidden">
        {chats.map((chat) => (
          <KeptChat key={chat.id} chat={chat} state={state} />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button className="mt-4" isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          {t('chats.showMore')}
        </Button>
      ) : null}
    </Page>
  )
}

function KeptChat({ chat, state }: { readonly chat: Chat; readonly state: 'archived' | 'trash' }) {
  const { t, i18n } = useTranslation()
  const actions = useChatActions()
  const [isAsked, setIsAsked] = useState(false)
  const date = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium' }).format(
    new Date((state === 'trash' ? chat.deleted_at : chat.archived_at) ?? chat.updated_at),
  )
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-3">
      <div className="min-w-0 flex-1 basis-52">
        {state === 'archived' ? (
          <Link
            to="/p/$projectId/c/$chatId"
            params={{ projectId: chat.project_id, chatId: chat.id }}
            className="block truncate text-sm font-medium hover:underline"
          >
            {chat.name}
          </Link>
        ) : (
          <p className="truncate text-sm font-medium">{chat.name}</p>
        )}
        <p className="text-xs text-muted-foreground">
          {t(`chats.${state}.since`, { date })} · {t('chats.messages', { count: chat.message_count })}
        </p>
      </div>
      <div className="flex gap-2">
        <Button
          size="small"
          onClick={() => void (state === 'trash' ? actions.restore(chat) : actions.archive(chat, false))}
        >
          {t(`chats.${state}.back`)}
        </Button>
        {state === 'trash' ? (
          <Button size="small" look="quiet" className="text-destructive" onClick={() => setIsAsked(true)}>
            {t('chats.deleteForGood')}
          </Button>
        ) : null}
      </div>
      <ConfirmDialog
        title={t('chats.deleteForGoodTitle', { name: chat.name })}
        description={t('chats.deleteForGoodText')}
        action={t('chats.deleteForGood')}
        isOpen={isAsked}
        onOpenChange={setIsAsked}
        onConfirm={() => {
          setIsAsked(false)
          void actions.deleteForGood(chat)
        }}
      />
    </li>
  )
}
