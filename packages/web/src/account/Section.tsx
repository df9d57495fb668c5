import { type ReactNode, useId } from 'react'

export function Section(props: { readonly title: string; readonly text?: string; readonly children: ReactNode }) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 gap-4 rounded-xl border bg-card p-4 sm:p-6">
      <div>
        <h2 id={id} className="text-base font-semibold">
          {props.title}
        </h2>
        {props.text === undefined ? null : <p className="mt-1 text-sm text-muted-foreground">{props.text}</p>}
      </div>
      {props.children}
    </section>
  )
}
