import { Tooltip as Primitive } from 'radix-ui'
import type { ReactNode } from 'react'
import { Shortcut } from './Shortcut.tsx'

export const TooltipProvider = Primitive.Provider

export function Tooltip({
  label,
  shortcut,
  children,
}: {
  readonly label: string
  readonly shortcut?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <Primitive.Root delayDuration={400}>
      <Primitive.Trigger asChild>{children}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          sideOffset={6}
          collisionPadding={8}
          className="z-50 flex max-w-xs items-center gap-2 rounded-md bg-foreground px-2.5 py-1.5 text-xs text-background shadow-md"
        >
          {label}
          {shortcut === undefined ? null : <Shortcut keys={shortcut} />}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}
