import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { findQuote } from './find-quote.ts'
import { type PDFDocumentProxy, type PDFPageProxy, TextLayer } from './open-pdf.ts'

interface PdfPageProps {
  readonly pdf: PDFDocumentProxy
  readonly number: number
  /** Marked on the page; empty marks nothing. */
  readonly quote: string
}

type Outcome = 'drawing' | 'drawn' | 'unmarked'

/** One page, as wide as there is room, with its text over it. */
export function PdfPage({ pdf, number, quote }: PdfPageProps) {
  const { t } = useTranslation()
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  const [outcome, setOutcome] = useState<Outcome>('drawing')
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    if (frame.current === null) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(frame.current)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (frame.current === null || width === 0) return
    const gone = new AbortController()
    drawPage(pdf, { number, quote, width, frame: frame.current, signal: gone.signal }).then(
      (isMarked) => {
        if (!gone.signal.aborted) setOutcome(isMarked || quote === '' ? 'drawn' : 'unmarked')
      },
      (reason: unknown) => {
        if (!gone.signal.aborted) setError(reason)
      },
    )
    return () => gone.abort()
  }, [pdf, number, quote, width])
  return (
    <div className="grid grid-cols-1 gap-2">
      {outcome === 'unmarked' ? <p className="text-xs text-muted-foreground">{t('sources.notFoundOnPage')}</p> : null}
      {error === undefined ? null : <ErrorNotice error={error} />}
      <div
        ref={frame}
        role="img"
        aria-label={t('sources.page', { page: number })}
        aria-busy={outcome === 'drawing'}
        className="relative min-h-64 overflow-hidden rounded-md border bg-white shadow-sm"
      />
    </div>
  )
}

interface Drawing {
  readonly number: number
  readonly quote: string
  readonly width: number
  readonly frame: HTMLElement
  readonly signal: AbortSignal
}

/** Resolves with whether the quote was found. */
async function drawPage(pdf: PDFDocumentProxy, { number, quote, width, frame, signal }: Drawing): Promise<boolean> {
  const page = await pdf.getPage(number)
  const scale = width / page.getViewport({ scale: 1 }).width
  const viewport = page.getViewport({ scale })
  const canvas = document.createElement('canvas')
  const density = Math.min(devicePixelRatio, 3)
  canvas.width = Math.floor(viewport.width * density)
  canvas.height = Math.floor(viewport.height * density)
  canvas.className = 'block w-full'
  if (signal.aborted) return false
  const drawing = page.render({ canvas, viewport, transform: [density, 0, 0, density, 0, 0] })
  signal.addEventListener('abort', () => drawing.cancel())
  await drawing.promise
  const { layer, isMarked } = await layText(page, viewport, quote)
  if (signal.aborted) return false
  frame.style.setProperty('--total-scale-factor', String(scale))
  frame.replaceChildren(canvas, layer)
  layer.querySelector('mark')?.scrollIntoView({ block: 'center' })
  return isMarked
}

async function layText(page: PDFPageProxy, viewport: ReturnType<PDFPageProxy['getViewport']>, quote: string) {
  const layer = document.createElement('div')
  layer.className = 'pdf-text'
  const text = new TextLayer({ textContentSource: await page.getTextContent(), container: layer, viewport })
  await text.render()
  const stretches = findQuote(text.textContentItemsStr, quote)
  for (const { index, start, end } of stretches) {
    const run: HTMLElement | undefined = text.textDivs[index]
    if (run === undefined) continue
    const words = run.textContent
    const mark = document.createElement('mark')
    mark.textContent = words.slice(start, end)
    run.replaceChildren(words.slice(0, start), mark, words.slice(end))
  }
  return { layer, isMarked: stretches.length > 0 }
}
