import { ArrowUp, Square } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../../ui/IconButton.tsx'
import type { AnswerOptions } from '../answer-options.ts'
import { OptionsButton } from './OptionsButton.tsx'

interface ComposerProps {
  readonly draft: string
  readonly onDraft: (text: string) => void
  readonly options: AnswerOptions
  readonly onOptions: (options: AnswerOptions) => void
  readonly onSend: (text: string) => void
  readonly onStop?: () => void
  /** An answer is being made: what is sent now waits for its end. */
  readonly isRunning?: boolean
  readonly onEditLast?: () => void
}

const growsByItself = CSS.supports('field-sizing', 'content')

export function Composer(props: ComposerProps) {
  const { draft, onDraft, onSend, onStop, isRunning = false } = props
  const { t } = useTranslation()
  const field = useRef<HTMLTextAreaElement>(null)
  const isReady = draft.trim() !== ''
  useEffect(() => {
    // On a phone the keyboard would cover half of what there is to read.
    if (matchMedia('(pointer: fine)').matches) field.current?.focus()
  }, [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text
  useLayoutEffect(() => {
    if (growsByItself || field.current === null) return
    field.current.style.height = 'auto'
    field.current.style.height = `${field.current.scrollHeight}px`
  }, [draft])
  const send = () => {
    if (!isReady) return
    onSend(draft)
    field.current?.focus()
  }
  return (
    <form
      className="mx-auto w-full max-w-3xl shrink-0 px-4 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <div className="rounded-2xl border border-input bg-card shadow-sm focus-within:border-ring focus-within:ring-1 focus-within:ring-ring">
        <textarea
          ref={field}
          rows={1}
          // What is asked runs as its own words do, what stands in its place as the page does.
          {...(draft === '' ? {} : { dir: 'auto' })}
          aria-label={t('conversation.question')}
          placeholder={t(isRunning ? 'conversation.placeholderRunning' : 'conversation.placeholder')}
          className="field-sizing-content block max-h-[40dvh] min-h-12 w-full resize-none bg-transparent px-4 pt-3 pb-1 text-base outline-none placeholder:text-muted-foreground"
          value={draft}
          onChange={({ currentTarget }) => onDraft(currentTarget.value)}
          onKeyDown={(event) => {
            // The key that ends a composition chooses a word, it sends nothing.
            if (event.nativeEvent.isComposing || event.keyCode === 229) return
            if (event.key === 'Enter' && !event.shiftKey) {
              event.preventDefault()
              send()
            } else if (event.key === 'ArrowUp' && draft === '' && props.onEditLast !== undefined) {
              event.preventDefault()
              props.onEditLast()
            }
          }}
        />
        <div className="flex items-center gap-1 p-2 pt-1">
          <OptionsButton options={props.options} onChange={props.onOptions} />
          <span className="flex-1" />
          {onStop === undefined ? null : (
            <IconButton
              label={t('conversation.stop')}
              shortcut="Esc"
              look={isReady ? 'secondary' : 'primary'}
              className="rounded-full max-md:size-11"
              onClick={onStop}
            >
              <Square className="fill-current" />
            </IconButton>
          )}
          {onStop !== undefined && !isReady ? null : (
            <IconButton
              type="submit"
              label={t(isRunning ? 'conversation.sendToQueue' : 'conversation.send')}
              look="primary"
              className="rounded-full max-md:size-11"
              aria-disabled={!isReady}
            >
              <ArrowUp />
            </IconButton>
          )}
        </div>
      </div>
      <p className="mt-2 hidden text-center text-xs text-muted-foreground md:block">{t('conversation.hint')}</p>
    </form>
  )
}
