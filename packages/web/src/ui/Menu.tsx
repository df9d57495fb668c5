import { DropdownMenu as Primitive } from 'radix-ui'
import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import { Shortcut } from './Shortcut.tsx'

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactNode
  readonly children: ReactNode
  readonly align?: 'start' | 'end'
  readonly onOpenChange?: (isOpen: boolean) => void
}

export function Menu({ trigger, children, align = 'end', onOpenChange }: MenuProps) {
  return (
    <Primitive.Root {...(onOpenChange === undefined ? {} : { onOpenChange })}>
      <Primitive.Trigger asChild>{trigger}</Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 overflow-y-auto rounded-lg border bg-popover p-1 text-popover-foreground shadow-lg"
        >
          {children}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

const itemLook =
  'flex w-full cursor-default items-center gap-2.5 rounded-md px-2.5 py-1.5 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-accent data-highlighted:text-accent-foreground [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground'

interface MenuItemProps extends Omit<ComponentProps<typeof Primitive.Item>, 'asChild'> {
  readonly icon?: ReactNode
  readonly shortcut?: string
  readonly isDestructive?: boolean
}

export function MenuItem({ icon, shortcut, isDestructive = false, className, children, ...props }: MenuItemProps) {
  return (
    <Primitive.Item
      className={classNames(itemLook, isDestructive && 'text-destructive [&_svg]:text-destructive', className)}
      {...props}
    >
      {icon}
      <span className="min-w-0 flex-1 truncate">{children}</span>
      {shortcut === undefined ? null : <Shortcut keys={shortcut} />}
    </Primitive.Item>
  )
}

export function MenuSeparator() {
  return <Primitive.Separator className="mx-1 my-1 h-px bg-border" />
}

export function MenuLabel({ children }: { readonly children: ReactNode }) {
  return (
    <Primitive.Label className="px-2.5 py-1.5 text-xs font-medium text-muted-foreground">{children}</Primitive.Label>
  )
}

/** One of several, such as themes: the chosen one is marked. */
export function MenuChoice(props: {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly options: readonly { readonly value: string; readonly label: string }[]
}) {
  return (
    <Primitive.RadioGroup value={props.value} onValueChange={props.onChange}>
      {props.options.map(({ value, label }) => (
        <Primitive.RadioItem key={value} value={value} className={itemLook}>
          <span aria-hidden className="w-4 text-center">
            <Primitive.ItemIndicator>✓</Primitive.ItemIndicator>
          </span>
          <span className="min-w-0 flex-1 truncate">{label}</span>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  )
}
