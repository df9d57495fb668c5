import type { Citation } from '@quory/sdk'
import { useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState } from 'react'
import { ConversationPage } from '../conversation/ConversationPage.tsx'
import { GettingStarted } from './GettingStarted.tsx'

const SourcePanel = lazy(async () => ({ default: (await import('../sources/SourcePanel.tsx')).SourcePanel }))

interface OpenedCitation {
  readonly chatId: string
  readonly messageId: string
  readonly citation: Citation
}

/** A conversation, with the source that was opened from it beside it. */
export function ConversationRoute() {
  const { projectId = '', chatId } = useParams({ strict: false })
  const { m } = useSearch({ strict: false })
  const [opened, setOpened] = useState<OpenedCitation>()
  const open = useCallback(
    (messageId: string, citation: Citation) => {
      if (chatId !== undefined) setOpened({ chatId, messageId, citation })
    },
    [chatId],
  )
  return (
    <div className="flex min-h-0 flex-1">
      <ConversationPage
        key={`${projectId} ${chatId ?? 'new'}`}
        projectId={projectId}
        chatId={chatId}
        shownMessageId={m}
        onOpenCitation={open}
        gettingStarted={<GettingStarted projectId={projectId} />}
      />
      {opened === undefined || opened.chatId !== chatId ? null : (
        <Suspense>
          <SourcePanel projectId={projectId} {...opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </div>
  )
}
