import type { Citation } from '@quory/sdk'
import { X } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { SourceView } from './SourceView.tsx'

interface SourcePanelProps {
  readonly projectId: string
  readonly chatId: string
  readonly messageId: string
  readonly citation: Citation
  readonly onClose: () => void
}

const wide = matchMedia('(min-width: 1024px)')

/** The source of a statement: beside the conversation where there is room, over it where there is not. */
export function SourcePanel(props: SourcePanelProps) {
  const { t } = useTranslation()
  const isWide = useSyncExternalStore(
    (onChange) => {
      wide.addEventListener('change', onChange)
      return () => wide.removeEventListener('change', onChange)
    },
    () => wide.matches,
  )
  const content = <SourceView key={`${props.messageId} ${props.citation.id}`} {...props} />
  if (isWide) {
    return (
      <BesidePanel title={props.citation.document_name} onClose={props.onClose}>
        {content}
      </BesidePanel>
    )
  }
  return (
    <Dialog.Root open onOpenChange={props.onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-0 bottom-0 z-50 flex h-[88dvh] flex-col rounded-t-2xl border-t bg-background shadow-xl"
        >
          <div className="flex items-center gap-2 border-b py-2 ps-4 pe-2">
            <Dialog.Title className="min-w-0 flex-1 truncate text-sm font-semibold">
              {props.citation.document_name}
            </Dialog.Title>
            {/* It gets the focus: a tooltip would stand there at once, and take the first Escape. */}
            <Dialog.Close asChild>
              <Button look="quiet" size="icon" aria-label={t('sources.close')} className="size-11">
                <X />
              </Button>
            </Dialog.Close>
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{content}</div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function BesidePanel(props: { readonly title: string; readonly onClose: () => void; readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { onClose } = props
  const panel = useRef<HTMLElement>(null)
  useFocusWithin(panel)
  return (
    <aside
      ref={panel}
      aria-label={t('sources.source')}
      tabIndex={-1}
      className="flex w-[min(34rem,44vw)] shrink-0 flex-col border-s bg-background outline-none"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        onClose()
      }}
    >
      <div className="flex h-13 shrink-0 items-center gap-2 border-b ps-4 pe-2">
        <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{props.title}</h2>
        <IconButton label={t('sources.close')} onClick={onClose}>
          <X />
        </IconButton>
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto p-4">{props.children}</div>
    </aside>
  )
}

/** The focus goes into what has opened, and back to where it was. */
function useFocusWithin(panel: { readonly current: HTMLElement | null }): void {
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [panel])
}
