import type { ReactNode } from 'react'

interface EmptyStateProps {
  readonly icon?: ReactNode
  readonly title: string
  readonly text?: string
  /** What to do about it. */
  readonly children?: ReactNode
}

export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 px-4 py-12 text-center">
      {icon === undefined ? null : (
        <div aria-hidden className="rounded-full bg-secondary p-3 text-muted-foreground [&_svg]:size-6">
          {icon}
        </div>
      )}
      <h2 className="text-base font-semibold">{title}</h2>
      {text === undefined ? null : <p className="text-sm text-balance text-muted-foreground">{text}</p>}
      {children}
    </div>
  )
}
