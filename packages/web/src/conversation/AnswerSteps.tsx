import type { AnswerState, ToolCall } from '@quory/sdk'
import { Brain, ChevronRight, CircleAlert, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '../ui/Spinner.tsx'

/** What came before the text: thoughts and tools, closed until somebody wants to see them. */
export function AnswerSteps({ state }: { readonly state: AnswerState }) {
  const { t } = useTranslation()
  const isThinking = state.status === 'processing' && state.text === ''
  if (state.thinking === '' && state.toolCalls.length === 0) return null
  return (
    <div className="mb-3 grid gap-1">
      {state.thinking === '' ? null : (
        <Step
          icon={isThinking ? <Spinner /> : <Brain aria-hidden />}
          title={isThinking ? t('conversation.thinking') : t('conversation.thoughts')}
        >
          <p dir="auto" className="whitespace-pre-wrap text-muted-foreground wrap-anywhere">
            {state.thinking}
          </p>
        </Step>
      )}
      {state.toolCalls.map((call) => (
        <ToolStep key={call.id} call={call} isRunning={state.status === 'processing'} />
      ))}
    </div>
  )
}

function ToolStep({ call, isRunning }: { readonly call: ToolCall; readonly isRunning: boolean }) {
  const { t } = useTranslation()
  const icon =
    call.result === null && isRunning ? (
      <Spinner />
    ) : call.result?.isError === true ? (
      <CircleAlert aria-hidden className="text-destructive" />
    ) : (
      <Wrench aria-hidden />
    )
  return (
    <Step icon={icon} title={t('conversation.usedTool', { name: call.name })}>
      <Written value={call.input} />
      {call.result === null ? null : <Written value={call.result.error ?? call.result.output} />}
    </Step>
  )
}

function Step(props: { readonly icon: ReactNode; readonly title: string; readonly children: ReactNode }) {
  return (
    <details className="group text-sm">
      <summary className="flex w-fit cursor-pointer list-none items-center gap-2 rounded-md py-1 pe-2 text-muted-foreground hover:text-foreground [&_svg]:size-4 [&_svg]:shrink-0">
        <ChevronRight
          aria-hidden
          className="transition-transform group-open:rotate-90 rtl:-scale-x-100 rtl:group-open:-rotate-90"
        />
        {props.icon}
        <span className="wrap-anywhere">{props.title}</span>
      </summary>
      <div className="mt-1 grid gap-2 border-s-2 ps-4">{props.children}</div>
    </details>
  )
}

function Written({ value }: { readonly value: unknown }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  return (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      dir="ltr"
      className="max-h-64 overflow-auto rounded-md bg-muted p-2 text-xs whitespace-pre-wrap wrap-anywhere"
    >
      {text}
    </pre>
  )
}
