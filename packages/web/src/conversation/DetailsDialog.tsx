import {
  type AnswerState,
  answerStateOf,
  type Message,
  QuoryRequestError,
  readAnswer,
  reduceAnswer,
  type Trace,
} from '@quory/sdk'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { Skeleton } from '../ui/Skeleton.tsx'
import { AnswerSteps } from './AnswerSteps.tsx'
import { RetrievedPassages } from './RetrievedPassages.tsx'

interface DetailsDialogProps {
  readonly message: Message
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
}

/** "Why this answer?": what it cost, what was found for it, and what was done on the way. */
export function DetailsDialog({ message, isOpen, onOpenChange }: DetailsDialogProps) {
  const { t } = useTranslation()
  const trace = useTrace(message)
  const steps = useSteps(message)
  return (
    <Dialog title={t('conversation.why')} isOpen={isOpen} onOpenChange={onOpenChange} className="max-w-2xl">
      <Facts message={message} trace={trace.data} />
      {steps === undefined ? null : <AnswerSteps state={steps} />}
      {trace.isPending ? <Skeleton className="h-40" /> : null}
      {trace.isError ? (
        trace.error instanceof QuoryRequestError && trace.error.status === 404 ? (
          <p className="text-sm text-muted-foreground">{t('conversation.noTrace')}</p>
        ) : (
          <ErrorNotice error={trace.error} onRetry={() => void trace.refetch()} />
        )
      ) : null}
      {trace.data === undefined ? null : (
        <>
          <RetrievedPassages trace={trace.data} />
          {steps === undefined || steps.toolCalls.length > 0 ? null : <ToolCalls trace={trace.data} />}
        </>
      )}
    </Dialog>
  )
}

function useTrace({ project_id, chat_id, id }: Message) {
  const quory = useQuory()
  return useQuery({
    queryKey: ['trace', project_id, chat_id, id],
    queryFn: async ({ signal }): Promise<Trace> =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/chats/{chat_id}/messages/{message_id}/trace', {
          params: { path: { project_id, chat_id, message_id: id } },
          signal,
        }),
      ),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Thoughts and tools with what they said, read anew from the answer's log, which the server keeps for some days. */
function useSteps(message: Message): AnswerState | undefined {
  const quory = useQuory()
  const { project_id: projectId, chat_id: chatId, id: messageId } = message
  const { data, isError } = useQuery({
    queryKey: ['steps', projectId, chatId, messageId],
    queryFn: async ({ signal }) => {
      let state = answerStateOf(message)
      for await (const event of readAnswer(quory, { projectId, chatId, messageId, signal }))
        state = reduceAnswer(state, event)
      return state
    },
    staleTime: Number.POSITIVE_INFINITY,
  })
  return isError ? answerStateOf(message) : data
}

function Facts({ message, trace }: { readonly message: Message; readonly trace: Trace | undefined }) {
  const { t, i18n } = useTranslation()
  const number = new Intl.NumberFormat(localeOf(i18n.language))
  const firstToken = trace?.model_calls.find(({ purpose }) => purpose === 'answer')?.first_token_ms ?? null
  const tookMs =
    message.completed_at === null ? null : Date.parse(message.completed_at) - Date.parse(message.created_at)
  const seconds = (ms: number) =>
    t('conversation.seconds', {
      seconds: new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 2 }).format(ms / 1_000),
    })
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1 text-sm">
      <Fact name={t('conversation.model')}>{message.model ?? '–'}</Fact>
      {message.usage === null ? null : (
        <Fact name={t('conversation.tokens')}>
          {t('conversation.tokensInOut', {
            input: number.format(message.usage.input_tokens),
            output: number.format(message.usage.output_tokens),
          })}
        </Fact>
      )}
      {message.cost === null || message.cost === undefined ? null : (
        <Fact name={t('conversation.cost')}>
          {new Intl.NumberFormat(localeOf(i18n.language), {
            style: 'currency',
            currency: message.cost.currency,
            maximumFractionDigits: 6,
          }).format(message.cost.amount)}
        </Fact>
      )}
      {tookMs === null ? null : <Fact name={t('conversation.time')}>{seconds(tookMs)}</Fact>}
      {firstToken === null ? null : <Fact name={t('conversation.firstToken')}>{seconds(firstToken)}</Fact>}
      {trace?.condensed == null ? null : <Fact name={t('conversation.searchedFor')}>{trace.condensed.query}</Fact>}
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="text-muted-foreground">{name}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </>
  )
}

function ToolCalls({ trace }: { readonly trace: Trace }) {
  const { t } = useTranslation()
  if (trace.tools.length === 0) return null
  return (
    <section className="grid grid-cols-1 gap-2">
      <h3 className="text-sm font-semibold">{t('conversation.tools')}</h3>
      <ul className="grid grid-cols-1 gap-2">
        {trace.tools.map((tool) => (
          <li key={`${tool.name} ${tool.started_ms}`} className="rounded-lg border p-3 text-sm">
            <p className="flex flex-wrap justify-between gap-2">
              <span className="font-medium wrap-anywhere">{tool.name}</span>
              <span className="text-muted-foreground tabular-nums">{Math.round(tool.duration_ms)} ms</span>
            </p>
            <code className="mt-1 block text-xs text-muted-foreground wrap-anywhere">{JSON.stringify(tool.input)}</code>
            {tool.error === null ? null : <p className="mt-1 text-destructive wrap-anywhere">{tool.error}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}
