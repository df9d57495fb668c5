import { cva, type VariantProps } from 'class-variance-authority'
import { Slot } from 'radix-ui'
import type { ComponentProps } from 'react'
import { classNames } from './class-names.ts'
import { Spinner } from './Spinner.tsx'

const looks = cva(
  'inline-flex shrink-0 items-center justify-center gap-2 rounded-md text-sm font-medium whitespace-nowrap select-none transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&_svg]:pointer-events-none [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-primary text-primary-foreground hover:bg-primary/90',
        secondary: 'border bg-card text-card-foreground hover:bg-accent',
        quiet: 'text-muted-foreground hover:bg-accent hover:text-accent-foreground',
        destructive: 'bg-destructive text-destructive-foreground hover:bg-destructive/90',
        link: 'text-primary underline-offset-4 hover:underline',
      },
      size: {
        small: 'h-8 px-3',
        medium: 'h-9 px-4',
        large: 'h-11 px-6 text-base',
        icon: 'size-9',
        'icon-small': 'size-7 [&_svg]:size-3.5',
      },
    },
    defaultVariants: { look: 'secondary', size: 'medium' },
  },
)

export interface ButtonProps extends ComponentProps<'button'>, VariantProps<typeof looks> {
  /** Renders its only child with the looks of a button: for links. */
  readonly asChild?: boolean
  /** Shows that it is at work; a further press does nothing. */
  readonly isBusy?: boolean
}

export function Button({ look, size, asChild = false, isBusy = false, className, children, ...props }: ButtonProps) {
  if (asChild) {
    return (
      <Slot.Root className={classNames(looks({ look, size }), className)} {...props}>
        {children}
      </Slot.Root>
    )
  }
  return (
    <button
      type="button"
      {...props}
      // Not `disabled`, which would drop the focus.
      aria-disabled={isBusy || props['aria-disabled'] || undefined}
      onClick={isBusy ? (event) => event.preventDefault() : props.onClick}
      className={classNames(looks({ look, size }), className)}
    >
      {isBusy ? <Spinner /> : null}
      {children}
    </button>
  )
}
