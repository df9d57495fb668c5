import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { MessageSquare } from 'lucide-react'
import { useDeferredValue } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { useSettled } from '../ui/use-settled.ts'

interface FoundChatsProps {
  readonly projectId: string
  readonly words: string
  readonly itemLook: string
  readonly onOpen: () => void
}

/** Chats and messages with these words; each leads to the very message. */
export function FoundChats({ projectId, words, itemLook, onOpen }: FoundChatsProps) {
  const { t } = useTranslation()
  const quory = useQuory()
  const navigate = useNavigate()
  const query = useSettled(useDeferredValue(words).trim(), 150)
  const found = useQuery({
    queryKey: ['found-chats', projectId, query],
    enabled: query !== '',
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/chats/search', {
          params: { path: { project_id: projectId }, query: { q: query, limit: 20 } },
          signal,
        }),
      ).results,
  })
  if (query === '') return null
  if (found.isError) return <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />
  if (found.isPending)
    return (
      <p role="status" className="px-3 py-2 text-sm text-muted-foreground">
        {t('ui.loading')}
      </p>
    )
  if (found.data.length === 0) {
    return (
      <p role="status" className="px-3 py-2 text-sm text-muted-foreground wrap-anywhere">
        {t('chats.search.nothing', { query })}
      </p>
    )
  }
  return (
    <Command.Group heading={t('chats.search.chats')}>
      {found.data.map(({ chat, message_id: messageId, role, snippet }) => (
        <Command.Item
          key={`${chat.id} ${messageId}`}
          value={`${chat.id} ${messageId}`}
          className={itemLook}
          onSelect={() => {
            onOpen()
            void navigate({
              to: '/p/$projectId/c/$chatId',
              params: { projectId, chatId: chat.id },
              search: messageId === null ? {} : { m: messageId },
            })
          }}
        >
          <MessageSquare className="self-start mt-0.5" />
          <span className="min-w-0 flex-1">
            <span className="block truncate font-medium">{chat.name}</span>
            <span className="line-clamp-2 text-xs text-muted-foreground wrap-anywhere">
              {role === null ? null : `${t(role === 'user' ? 'chats.search.you' : 'chats.search.answer')}: `}
              {snippet.map((part, index) =>
                part.is_match ? (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text, which never change places
                  <mark key={index} className="rounded-sm bg-highlight px-0.5 text-foreground">
                    {part.text}
                  </mark>
                ) : (
                  part.text
                ),
              )}
            </span>
          </span>
        </Command.Item>
      ))}
    </Command.Group>
  )
}
