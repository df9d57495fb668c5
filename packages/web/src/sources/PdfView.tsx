import './pdf-page.css'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { OriginalGone, openPdf, type PDFDocumentProxy } from './open-pdf.ts'
import { PdfPage } from './PdfPage.tsx'

interface PdfViewProps {
  /** Of the server's, without what follows `#`. */
  readonly path: string
  readonly page: number
  readonly quote: string
  /** Shown when the server has only the text that was read from the file. */
  readonly otherwise: ReactNode
}

/** A PDF at the page of a quote, which is marked there. */
export function PdfView({ path, page, quote, otherwise }: PdfViewProps) {
  const { t } = useTranslation()
  const { document: pdf, error } = usePdf(path)
  const [shown, setShown] = useState({ of: page, page })
  const current = shown.of === page ? shown.page : page
  if (error instanceof OriginalGone) return otherwise
  if (error !== undefined) return <ErrorNotice error={error} />
  if (pdf === undefined) {
    return (
      <div role="status">
        <span className="sr-only">{t('sources.pdfLoading')}</span>
        <Skeleton className="aspect-[1/1.414] w-full" />
      </div>
    )
  }
  const turn = (by: number) => setShown({ of: page, page: Math.min(Math.max(current + by, 1), pdf.numPages) })
  return (
    <div className="grid grid-cols-1 gap-2">
      <div className="flex items-center justify-center gap-1 text-sm">
        <IconButton
          size="icon-small"
          label={t('sources.previousPage')}
          aria-disabled={current <= 1}
          onClick={() => turn(-1)}
        >
          <ChevronLeft className="rtl:-scale-x-100" />
        </IconButton>
        <span role="status" className="tabular-nums">
          {t('sources.pageOf', { page: current, count: pdf.numPages })}
        </span>
        <IconButton
          size="icon-small"
          label={t('sources.nextPage')}
          aria-disabled={current >= pdf.numPages}
          onClick={() => turn(1)}
        >
          <ChevronRight className="rtl:-scale-x-100" />
        </IconButton>
      </div>
      <PdfPage key={current} pdf={pdf} number={current} quote={current === page ? quote : ''} />
    </div>
  )
}

function usePdf(path: string): { readonly document: PDFDocumentProxy | undefined; readonly error: unknown } {
  const quory = useQuory()
  const [opened, setOpened] = useState<{ path: string; document?: PDFDocumentProxy; error?: unknown }>({ path })
  useEffect(() => {
    const gone = new AbortController()
    const opening = openPdf(quory, path, gone.signal)
    opening
      .then((task) => task.promise)
      .then(
        (document) => {
          if (!gone.signal.aborted) setOpened({ path, document })
        },
        (error: unknown) => {
          if (!gone.signal.aborted) setOpened({ path, error })
        },
      )
    return () => {
      gone.abort()
      opening.then((task) => task.destroy()).catch(() => undefined)
    }
  }, [quory, path])
  return { document: opened.path === path ? opened.document : undefined, error: opened.error }
}
