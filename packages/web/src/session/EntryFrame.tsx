import type { ReactNode } from 'react'

/** The page of somebody who is not signed in yet: one card, nothing else to look at. */
export function EntryFrame(props: {
  readonly title: string
  readonly text?: string | undefined
  readonly children: ReactNode
}) {
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="grid w-full max-w-sm gap-6">
        <div className="grid gap-2 text-center">
          <img src="/icon.svg" alt="" className="mx-auto size-10" />
          <h1 className="text-xl font-semibold text-balance wrap-anywhere">{props.title}</h1>
          {props.text === undefined ? null : (
            <p className="text-sm text-balance text-muted-foreground wrap-anywhere">{props.text}</p>
          )}
        </div>
        {props.children}
      </div>
    </main>
  )
}
