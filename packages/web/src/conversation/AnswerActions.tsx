import type { Message } from '@quory/sdk'
import { useQuery } from '@tanstack/react-query'
import { Check, CirclePlay, Copy, Info, RefreshCw, ThumbsDown, ThumbsUp } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { modelsQuery } from '../server/models-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { IconButton } from '../ui/IconButton.tsx'
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '../ui/Menu.tsx'
import { SiblingArrows } from './SiblingArrows.tsx'
import { useCopy } from './use-copy.ts'
import type { MessageActions } from './use-message-actions.ts'

const DetailsDialog = lazy(async () => ({ default: (await import('./DetailsDialog.tsx')).DetailsDialog }))

interface AnswerActionsProps {
  readonly message: Message
  readonly actions: MessageActions
}

/** What can be done with an answer that has ended. */
export function AnswerActions({ message, actions }: AnswerActionsProps) {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  return (
    <div className="mt-1 -ms-1.5 flex flex-wrap items-center">
      <SiblingArrows message={message} onWalk={actions.walkTo} />
      {message.content === '' ? null : <TextActions message={message} actions={actions} />}
      {message.status === 'completed' ? null : (
        <IconButton
          size="icon-small"
          label={t('conversation.continue')}
          onClick={() => actions.continueAnswer(message)}
        >
          <CirclePlay />
        </IconButton>
      )}
      <RegenerateMenu message={message} actions={actions} />
      <IconButton size="icon-small" label={t('conversation.why')} onClick={() => setIsOpen(true)}>
        <Info />
      </IconButton>
      {isOpen ? (
        <Suspense>
          <DetailsDialog message={message} isOpen={isOpen} onOpenChange={setIsOpen} />
        </Suspense>
      ) : null}
    </div>
  )
}

/** What only makes sense of an answer that says something. */
function TextActions({ message, actions }: AnswerActionsProps) {
  const { t } = useTranslation()
  const { isCopied, copy } = useCopy()
  const rate = (rating: 'up' | 'down') => actions.rate(message, message.rating === rating ? null : rating)
  return (
    <>
      <IconButton
        size="icon-small"
        label={isCopied ? t('ui.copied') : t('conversation.copyAnswer')}
        onClick={() => copy(message.content)}
      >
        {isCopied ? <Check /> : <Copy />}
      </IconButton>
      <IconButton
        size="icon-small"
        label={t('conversation.good')}
        aria-pressed={message.rating === 'up'}
        onClick={() => rate('up')}
        className="aria-pressed:text-success"
      >
        <ThumbsUp />
      </IconButton>
      <IconButton
        size="icon-small"
        label={t('conversation.bad')}
        aria-pressed={message.rating === 'down'}
        onClick={() => rate('down')}
        className="aria-pressed:text-destructive"
      >
        <ThumbsDown />
      </IconButton>
    </>
  )
}

function RegenerateMenu({ message, actions }: { readonly message: Message; readonly actions: MessageActions }) {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(false)
  const { data } = useQuery({ ...modelsQuery(useQuory()), enabled: isOpen })
  const others = (data?.data ?? []).filter(({ id }) => id !== message.model)
  return (
    <Menu
      align="start"
      onOpenChange={setIsOpen}
      trigger={
        <IconButton size="icon-small" label={t('conversation.regenerate')}>
          <RefreshCw />
        </IconButton>
      }
    >
      <MenuItem icon={<RefreshCw />} onSelect={() => actions.regenerate(message, message.model)}>
        {t('conversation.answerAgain')}
      </MenuItem>
      {others.length === 0 ? null : (
        <>
          <MenuSeparator />
          <MenuLabel>{t('conversation.withModel')}</MenuLabel>
          {others.map(({ id }) => (
            <MenuItem key={id} onSelect={() => actions.regenerate(message, id)}>
              {id}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  )
}
