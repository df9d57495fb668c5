import { cva, type VariantProps } from 'class-variance-authority'
import type { ReactNode } from 'react'
import { classNames } from './class-names.ts'

const looks = cva(
  'inline-flex items-center gap-1 rounded-full border px-2 py-0.5 text-xs font-medium whitespace-nowrap',
  {
    variants: {
      tone: {
        neutral: 'text-muted-foreground',
        good: 'border-success/40 text-success',
        warning: 'border-warning/40 text-warning',
        bad: 'border-destructive/40 text-destructive',
      },
    },
    defaultVariants: { tone: 'neutral' },
  },
)

interface BadgeProps extends VariantProps<typeof looks> {
  readonly children: ReactNode
  readonly className?: string
}

export function Badge({ tone, className, children }: BadgeProps) {
  return <span className={classNames(looks({ tone }), className)}>{children}</span>
}
