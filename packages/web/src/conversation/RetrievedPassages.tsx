import type { Trace } from '@quory/sdk'
import { useTranslation } from 'react-i18next'
import { Badge } from '../ui/Badge.tsx'
import { localeOf } from '../ui/locale-of.ts'

type Search = Trace['searches'][number]

/** What the searches found, with how each part of the search rated it. */
export function RetrievedPassages({ trace }: { readonly trace: Trace }) {
  const { t } = useTranslation()
  return (
    <section className="grid grid-cols-1 gap-2">
      <h3 className="text-sm font-semibold">{t('conversation.passages')}</h3>
      {trace.searches.length === 0 ? (
        <p className="text-sm text-muted-foreground">{t('conversation.noSearch')}</p>
      ) : null}
      {trace.searches.map((search) => (
        <div key={`${search.query} ${search.started_ms}`} className="grid grid-cols-1 gap-2">
          <p className="text-sm text-muted-foreground wrap-anywhere">
            “{search.query}” · {Math.round(search.duration_ms)} ms
          </p>
          {search.error === null ? null : <p className="text-sm text-destructive wrap-anywhere">{search.error}</p>}
          <ul className="grid grid-cols-1 gap-2">
            {search.passages.map((passage) => (
              <Passage key={`${passage.document_id} ${passage.passage}`} passage={passage} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  )
}

function Passage({ passage }: { readonly passage: Search['passages'][number] }) {
  const { t, i18n } = useTranslation()
  const score = (value: number) =>
    new Intl.NumberFormat(localeOf(i18n.language), { maximumFractionDigits: 3 }).format(value)
  const place = [
    ...(passage.page === null ? [] : [t('conversation.page', { page: passage.page })]),
    ...passage.heading_path,
  ].join(' · ')
  return (
    <li className="rounded-lg border p-3 text-sm">
      <p className="flex items-start justify-between gap-3">
        <span className="min-w-0 font-medium wrap-anywhere">{passage.document_name}</span>
        {passage.number === null ? (
          <span className="text-xs text-muted-foreground">{t('conversation.notShown')}</span>
        ) : (
          <Badge>[{passage.number}]</Badge>
        )}
      </p>
      {place === '' ? null : <p className="text-xs text-muted-foreground wrap-anywhere">{place}</p>}
      <p className="mt-2 flex flex-wrap gap-1.5">
        <Badge tone="good">{t('conversation.score', { score: score(passage.score) })}</Badge>
        {Object.entries(passage.scores).map(([part, value]) =>
          value === null ? null : (
            <Badge key={part}>
              {part} {score(value)}
            </Badge>
          ),
        )}
      </p>
    </li>
  )
}
