import type { ReactNode } from 'react'

interface PageProps {
  readonly title: string
  readonly text?: string
  /** Beside the title. */
  readonly actions?: ReactNode
  readonly children: ReactNode
}

/** A view that is read rather than talked with: settings, data, lists. */
export function Page({ title, text, actions, children }: PageProps) {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex w-full max-w-4xl flex-col gap-6 px-4 pt-14 pb-16 sm:px-8 in-data-[sidebar=open]:pt-8">
        <header className="flex flex-wrap items-end gap-x-6 gap-y-3">
          <div className="min-w-0 flex-1 basis-64">
            <h1 className="text-2xl font-semibold tracking-tight wrap-anywhere">{title}</h1>
            {text === undefined ? null : <p className="mt-1 text-sm text-muted-foreground">{text}</p>}
          </div>
          {actions}
        </header>
        <div>{children}</div>
      </div>
    </div>
  )
}
