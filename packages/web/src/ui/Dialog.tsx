import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './Button.tsx'
import { classNames } from './class-names.ts'

interface DialogProps {
  readonly title: string
  readonly description?: string | undefined
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly children: ReactNode
  readonly className?: string
}

export function Dialog({ title, description, isOpen, onOpenChange, children, className }: DialogProps) {
  const { t } = useTranslation()
  return (
    <Primitive.Root open={isOpen} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Primitive.Content
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={classNames(
            'fixed start-1/2 top-1/2 z-50 flex max-h-[min(85dvh,48rem)] w-[calc(100vw-2rem)] max-w-lg -translate-x-1/2 -translate-y-1/2 flex-col gap-4 overflow-y-auto rounded-xl border bg-popover p-6 text-popover-foreground shadow-xl rtl:translate-x-1/2',
            className,
          )}
        >
          <div className="pe-8">
            <Primitive.Title className="text-lg font-semibold wrap-anywhere">{title}</Primitive.Title>
            {description === undefined ? null : (
              <Primitive.Description className="mt-1 text-sm text-muted-foreground wrap-anywhere">
                {description}
              </Primitive.Description>
            )}
          </div>
          {children}
          {/* Last, so that a field gets the focus first; without a tooltip, which would take the first Escape. */}
          <Primitive.Close asChild>
            <Button look="quiet" size="icon-small" aria-label={t('ui.close')} className="absolute end-4 top-4">
              <X />
            </Button>
          </Primitive.Close>
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

interface DialogActionsProps {
  /** They stay in sight while what is above them, in a column, scrolls. */
  readonly areKept?: boolean
  readonly children: ReactNode
}

/** The buttons that end a dialog: the one that goes on comes last. */
export function DialogActions({ areKept = false, children }: DialogActionsProps) {
  const kept = 'sticky -bottom-6 -mx-6 -mb-6 border-t bg-popover px-6 py-4'
  return <div className={classNames('flex flex-wrap justify-end gap-2', areKept && kept)}>{children}</div>
}
