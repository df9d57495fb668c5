import type { Citation } from '@quory/sdk'
import { Tooltip } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { useCitations } from './citations-context.ts'

/** The number of a citation within a text: shows the quote, opens the source. */
export function CitationMark({ number, text }: { readonly number: number; readonly text: string }) {
  const { t } = useTranslation()
  const { citations, open } = useCitations()
  const cited = citations.filter((citation) => citation.number === number)
  const [first] = cited
  if (first === undefined) return text
  return (
    <Tooltip.Root delayDuration={200}>
      <Tooltip.Trigger asChild>
        <button
          type="button"
          aria-label={t('conversation.citation', { number, name: first.document_name })}
          onClick={() => open(first)}
          className="mx-0.5 inline-flex h-5 min-w-5 items-center justify-center rounded-md bg-secondary px-1 align-baseline text-[0.7rem] leading-none font-medium text-secondary-foreground hover:bg-primary hover:text-primary-foreground"
        >
          {number}
        </button>
      </Tooltip.Trigger>
      <Tooltip.Portal>
        <Tooltip.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 grid max-h-72 w-80 max-w-[calc(100vw-1rem)] gap-3 overflow-hidden rounded-lg border bg-popover p-3 text-xs text-popover-foreground shadow-lg"
        >
          {cited.slice(0, 3).map((citation) => (
            <CitedPlace key={citation.id} citation={citation} />
          ))}
        </Tooltip.Content>
      </Tooltip.Portal>
    </Tooltip.Root>
  )
}

function CitedPlace({ citation }: { readonly citation: Citation }) {
  const { t } = useTranslation()
  return (
    <div className="grid min-w-0 gap-1">
      <p className="truncate font-medium">
        {citation.document_name}
        {citation.type === 'passage' && citation.page !== null ? (
          <span className="font-normal text-muted-foreground">
            {' '}
            · {t('conversation.page', { page: citation.page })}
          </span>
        ) : null}
      </p>
      <p className="line-clamp-6 text-muted-foreground wrap-anywhere" dir="auto">
        {citation.type === 'passage'
          ? `“${citation.quote}”`
          : t('conversation.tableRows', { count: citation.row_count })}
      </p>
    </div>
  )
}
