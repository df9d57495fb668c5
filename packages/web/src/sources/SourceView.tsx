import type { Citation, CitationDetail } from '@quory/sdk'
import { useQuery } from '@tanstack/react-query'
import { ExternalLink, TriangleAlert } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { citationQuery } from '../server/citation-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { Skeleton } from '../ui/Skeleton.tsx'
import { TableResult } from './TableResult.tsx'
import { TextView } from './TextView.tsx'
import { useDocumentType } from './use-document-type.ts'

const PdfView = lazy(async () => ({ default: (await import('./PdfView.tsx')).PdfView }))

interface SourceViewProps {
  readonly projectId: string
  readonly chatId: string
  readonly messageId: string
  readonly citation: Citation
}

/** What is cited, at its place, and whether it still is as it was. */
export function SourceView({ projectId, chatId, messageId, citation }: SourceViewProps) {
  const query = citationQuery(useQuory(), { projectId, chatId, messageId, citationId: citation.id })
  const { data: detail, error, refetch } = useQuery(query)
  return (
    <div className="grid grid-cols-1 gap-4">
      {detail === undefined ? null : <SourceState detail={detail} />}
      {citation.type === 'passage' ? <Place citation={citation} url={detail?.url ?? null} /> : null}
      {error === null ? null : <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {citation.type === 'table' ? <TableResult citation={citation} /> : null}
      {citation.type === 'passage' && detail === undefined && error === null ? <Skeleton className="h-72" /> : null}
      {citation.type === 'passage' && detail !== undefined ? <Original citation={citation} detail={detail} /> : null}
    </div>
  )
}

function SourceState({ detail }: { readonly detail: CitationDetail }) {
  const { t, i18n } = useTranslation()
  if (detail.source_state === 'current') return null
  const date =
    detail.changed_at === null
      ? null
      : new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium' }).format(new Date(detail.changed_at))
  const words =
    detail.source_state === 'deleted'
      ? t('sources.deleted')
      : date === null
        ? t('sources.changed')
        : t('sources.changedAt', { date })
  return (
    <p role="status" className="flex gap-2 rounded-lg border border-warning/40 p-3 text-sm">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />
      {words}
    </p>
  )
}

type PassageCitation = Extract<Citation, { type: 'passage' }>

function Place({ citation, url }: { readonly citation: PassageCitation; readonly url: string | null }) {
  const { t } = useTranslation()
  const { page, sheet, row_start: first, row_end: last, heading_path: headings } = citation
  const place = [
    ...(page === null ? [] : [t('sources.page', { page })]),
    ...(sheet === null ? [] : [sheet]),
    ...(first === null
      ? []
      : [last === null || last === first ? t('sources.row', { first }) : t('sources.rows', { first, last })]),
    ...headings,
  ].join(' · ')
  return (
    <section className="grid grid-cols-1 gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="min-w-0 text-sm text-muted-foreground wrap-anywhere">{place}</p>
        {url === null ? null : (
          <Button asChild size="small">
            <a href={url} target="_blank" rel="noopener noreferrer">
              <ExternalLink />
              {t('sources.original')}
            </a>
          </Button>
        )}
      </div>
      <blockquote
        dir="auto"
        aria-label={t('sources.quote')}
        className="border-s-4 border-highlight ps-3 text-sm wrap-anywhere"
      >
        {citation.quote}
      </blockquote>
    </section>
  )
}

/** The document as it was quoted, while it is there; else its newer version, on demand where it does not say that. */
function Original({ citation, detail }: { readonly citation: PassageCitation; readonly detail: CitationDetail }) {
  const { t } = useTranslation()
  const [isShown, setIsShown] = useState(false)
  const { newer, source_state } = detail
  if (source_state === 'deleted') return null
  const document = { citation, documentId: newer?.document_id ?? citation.document_id }
  const place = newer === null ? citation : newer.place
  if (place !== null) return <DocumentView {...document} place={place} />
  return (
    <div className="grid grid-cols-1 gap-3">
      <p className="text-sm text-muted-foreground">{t('sources.notInNewer')}</p>
      <Button size="small" className="justify-self-start" aria-expanded={isShown} onClick={() => setIsShown(!isShown)}>
        {t(isShown ? 'sources.hideNewer' : 'sources.showNewer')}
      </Button>
      {isShown ? <DocumentView {...document} place={beginning} /> : null}
    </div>
  )
}

const beginning = { page: 1, start: 0, end: 0 }

interface DocumentViewProps {
  readonly citation: PassageCitation
  readonly documentId: string
  readonly place: { readonly page: number | null; readonly start: number; readonly end: number }
}

function DocumentView({ citation, documentId, place }: DocumentViewProps) {
  const { data: mediaType, error } = useDocumentType(citation.project_id, documentId)
  if (error !== null) return <ErrorNotice error={error} />
  if (mediaType === undefined) return <Skeleton className="h-72" />
  const text = <TextView projectId={citation.project_id} documentId={documentId} range={place} />
  if (mediaType !== 'application/pdf' || place.page === null) return text
  const [path = ''] = citation.content_url.split('#')
  return (
    <Suspense fallback={<Skeleton className="aspect-[1/1.414] w-full" />}>
      <PdfView path={path} page={place.page} quote={place === beginning ? '' : citation.quote} otherwise={text} />
    </Suspense>
  )
}
