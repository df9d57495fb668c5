import type { Citation, Message } from '@quory/sdk'
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { chatQuery } from '../server/chats-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { useAnswerOptions } from './answer-options.ts'
import { ChatThread } from './ChatThread.tsx'
import { Composer } from './composer/Composer.tsx'
import { useDraft } from './composer/use-draft.ts'
import { NewChat } from './NewChat.tsx'
import { OutgoingMessage } from './OutgoingMessage.tsx'
import { useOutbox } from './use-outbox.ts'

export interface ConversationPageProps {
  readonly projectId: string
  /** Undefined before the first question was sent. */
  readonly chatId: string | undefined
  readonly shownMessageId: string | undefined
  readonly onOpenCitation: (messageId: string, citation: Citation) => void
  /** What a new chat of a project without documents offers. */
  readonly gettingStarted?: ReactNode
}

export function ConversationPage(props: ConversationPageProps) {
  const { projectId, chatId } = props
  const { t } = useTranslation()
  const [options, setOptions] = useAnswerOptions(projectId)
  const [draft, setDraft] = useDraft(projectId, chatId)
  const { outbox, outgoing } = useOutbox(projectId, chatId)
  useWayToNewChat(projectId, chatId)
  const ask = (content: string, siblingOf?: Message) =>
    outbox.send({ projectId, chatId: chatId ?? null, content, options, siblingOf: siblingOf?.id ?? null })
  const pending = outgoing.map((question) => (
    <div key={question.key} className="mt-6">
      <OutgoingMessage
        question={question}
        onRetry={() => outbox.retry(question.key)}
        onTakeBack={() => setDraft([outbox.discard(question.key), draft].filter((text) => text !== '').join('\n\n'))}
      />
    </div>
  ))
  const composer = (
    thread: { readonly onStop?: () => void; readonly isRunning?: boolean; readonly onEditLast?: () => void } = {},
  ) => (
    <Composer
      draft={draft}
      onDraft={setDraft}
      options={options}
      onOptions={setOptions}
      onSend={(content) => {
        setDraft('')
        ask(content)
      }}
      {...thread}
    />
  )
  if (chatId === undefined) {
    return (
      <NewChat
        gettingStarted={props.gettingStarted}
        composer={composer()}
        pending={pending}
        title={t('conversation.newChat')}
      />
    )
  }
  return (
    <section className="flex min-h-0 min-w-0 flex-1 flex-col">
      <ChatHeading projectId={projectId} chatId={chatId} />
      <ChatThread
        key={`${chatId} ${props.shownMessageId ?? ''}`}
        chat={{ projectId, chatId }}
        shownMessageId={props.shownMessageId}
        options={options}
        outgoing={outgoing}
        pending={pending}
        onAskAnew={(message, content) => ask(content, message)}
        onOpenCitation={props.onOpenCitation}
        composer={composer}
      />
    </section>
  )
}

function ChatHeading({ projectId, chatId }: { readonly projectId: string; readonly chatId: string }) {
  const { t } = useTranslation()
  const { data: chat } = useQuery(chatQuery(useQuory(), projectId, chatId))
  const name = chat?.name ?? ''
  useEffect(() => {
    document.title = name === '' ? 'Quory' : `${name} · Quory`
    return () => {
      document.title = 'Quory'
    }
  }, [name])
  return (
    <header className="flex h-13 shrink-0 items-center gap-2 px-4 in-data-[sidebar=closed]:ps-13">
      <h1 className="min-w-0 text-sm font-semibold">
        <span dir="auto" className="block truncate">
          {name === '' ? t('conversation.chat') : name}
        </span>
      </h1>
    </header>
  )
}

/** Once the chat of a question that was asked here is made, its address is the page's. */
function useWayToNewChat(projectId: string, chatId: string | undefined): void {
  const navigate = useNavigate()
  const { outbox, outgoing } = useOutbox(projectId, chatId)
  const asked = useRef(new Set<string>())
  useEffect(() => {
    if (chatId !== undefined) return asked.current.clear()
    for (const { key } of outgoing) asked.current.add(key)
    const made = outbox.read().find(({ key, chatId: of }) => of !== null && asked.current.has(key))
    if (made?.chatId != null)
      void navigate({ to: '/p/$projectId/c/$chatId', params: { projectId, chatId: made.chatId }, replace: true })
  }, [outbox, outgoing, projectId, chatId, navigate])
}
