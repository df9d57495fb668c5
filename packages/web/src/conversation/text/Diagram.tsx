import { useEffect, useId, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from './CodeBlock.tsx'
import { useIsSettled } from './use-is-settled.ts'

/** A Mermaid diagram, once it is written to its end; what cannot be drawn is shown as it was written. */
export function Diagram({ code, isClosed }: { readonly code: string; readonly isClosed: boolean }) {
  const { t } = useTranslation()
  const id = useId().replaceAll(/[^\w]/g, '')
  const [url, setUrl] = useState<string>()
  const isSettled = useIsSettled(code, isClosed)
  const isDark = useSyncExternalStore(watchTheme, isDarkNow)
  useEffect(() => {
    if (!isSettled) return
    let isGone = false
    let made: string | undefined
    import('./draw-diagram.ts')
      .then(({ drawDiagram }) => drawDiagram(`diagram-${id}`, code, isDark))
      .then((svg) => {
        if (isGone) return
        made = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
        setUrl(made)
      })
      // It stays readable as text.
      .catch(() => undefined)
    return () => {
      isGone = true
      setUrl(undefined)
      if (made !== undefined) URL.revokeObjectURL(made)
    }
  }, [id, code, isSettled, isDark])
  if (url === undefined) return <CodeBlock code={code} language="mermaid" isClosed={isClosed} />
  return (
    <figure className="my-4 overflow-x-auto rounded-lg border bg-card p-4">
      {/* As an image: whatever a diagram holds, it runs nothing and loads nothing. */}
      <img src={url} alt={t('conversation.diagram')} className="mx-auto max-w-full" />
      <details className="mt-3 text-xs text-muted-foreground">
        <summary>{t('conversation.diagramSource')}</summary>
        <CodeBlock code={code} language="mermaid" isClosed={isClosed} />
      </details>
    </figure>
  )
}

function watchTheme(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange)
  observer.observe(document.documentElement, { attributeFilter: ['class'] })
  return () => observer.disconnect()
}

function isDarkNow(): boolean {
  return document.documentElement.classList.contains('dark')
}
