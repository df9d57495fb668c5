import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'

interface TextViewProps {
  readonly projectId: string
  readonly documentId: string
  /** What is shown and marked: a half-open range of code points of the document's text; an empty one only shown. */
  readonly range: { readonly start: number; readonly end: number }
}

const around = 3_000

/** A document's text at the place of a quote, which is marked there; more of it on demand. */
export function TextView({ projectId, documentId, range }: TextViewProps) {
  const { t } = useTranslation()
  const quory = useQuory()
  const [more, setMore] = useState({ before: around, after: around })
  const start = Math.max(0, range.start - more.before)
  const end = range.end + more.after
  const mark = useRef<HTMLElement>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['document-text', projectId, documentId, start, end],
    queryFn: async ({ signal }) =>
      dataOf(
        await quory.api.GET('/v1/projects/{project_id}/documents/{document_id}/text', {
          params: { path: { project_id: projectId, document_id: documentId }, query: { start, end } },
          signal,
        }),
      ),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const isThere = data !== undefined
  useEffect(() => {
    if (isThere) mark.current?.scrollIntoView({ block: 'center' })
  }, [isThere])
  if (error !== null && data === undefined) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (data === undefined) return <Skeleton className="h-72" />
  const [before, quoted, after] = cut(data.text, data.start, range)
  const isCut = data.end - range.end >= more.after
  return (
    <div className="grid justify-items-start gap-3">
      {data.start > 0 ? (
        <Button size="small" onClick={() => setMore({ ...more, before: more.before + 4 * around })}>
          {t('sources.earlier')}
        </Button>
      ) : null}
      <p dir="auto" className="w-full text-sm leading-relaxed whitespace-pre-wrap wrap-anywhere">
        {before}
        {quoted === '' ? null : (
          <mark ref={mark} className="rounded-sm bg-highlight text-foreground">
            {quoted}
          </mark>
        )}
        {after}
      </p>
      {isCut ? (
        <Button size="small" onClick={() => setMore({ ...more, after: more.after + 4 * around })}>
          {t('sources.later')}
        </Button>
      ) : null}
    </div>
  )
}

/** Offsets count code points, JavaScript's strings UTF-16 units. */
function cut(text: string, textStart: number, range: TextViewProps['range']): readonly [string, string, string] {
  const points = Array.from(text)
  const [from, to] = [Math.max(0, range.start - textStart), Math.max(0, range.end - textStart)]
  return [points.slice(0, from).join(''), points.slice(from, to).join(''), points.slice(to).join('')]
}
