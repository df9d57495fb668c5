import type { Citation } from '@quory/sdk'
import { useMutation } from '@tanstack/react-query'
import { Play } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'

type TableCitation = Extract<Citation, { type: 'table' }>

/** Rows that an answer was made from, with the query that brought them, which can be run again. */
export function TableResult({ citation }: { readonly citation: TableCitation }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const again = useMutation({
    mutationFn: async () =>
      dataOf(
        await quory.api.POST('/v1/projects/{project_id}/tables/query', {
          params: { path: { project_id: citation.project_id } },
          body: { sql: citation.sql, data_version: citation.data_version, limit: 100 },
        }),
      ),
  })
  const shown = again.data ?? citation
  return (
    <div className="grid grid-cols-1 gap-4">
      <section className="grid grid-cols-1 gap-2">
        <h3 className="text-sm font-semibold">{t('sources.query')}</h3>
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
          tabIndex={0}
          dir="ltr"
          className="overflow-auto rounded-lg border bg-muted p-3 text-xs whitespace-pre-wrap wrap-anywhere"
        >
          <code>{citation.sql}</code>
        </pre>
        <p className="text-xs text-muted-foreground wrap-anywhere">
          {t('sources.tables')}:{' '}
          {citation.tables.map(({ name, sheet }) => (sheet === null ? name : `${name} (${sheet})`)).join(', ')}
        </p>
      </section>
      <section className="grid grid-cols-1 gap-2">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <h3 className="text-sm font-semibold">
            {shown.rows.length < shown.row_count
              ? t('sources.firstRows', { shown: shown.rows.length, count: shown.row_count })
              : t('sources.result', { count: shown.row_count })}
          </h3>
          <Button size="small" isBusy={again.isPending} onClick={() => again.mutate()}>
            <Play />
            {t('sources.runAgain')}
          </Button>
        </div>
        <div role="status" className="text-sm">
          {again.data === undefined
            ? null
            : t(again.data.changed === true ? 'sources.dataChanged' : 'sources.stillSame')}
        </div>
        {again.isError ? <ErrorNotice error={again.error} /> : null}
        <Rows columns={shown.columns} rows={shown.rows} />
      </section>
    </div>
  )
}

function Rows({ columns, rows }: Pick<TableCitation, 'columns' | 'rows'>) {
  const { t } = useTranslation()
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div tabIndex={0} className="max-h-[28rem] overflow-auto rounded-lg border">
      <table className="w-full border-collapse text-sm">
        <thead>
          <tr>
            {columns.map(({ name, type }) => (
              <th
                key={name}
                scope="col"
                title={type}
                className="sticky top-0 bg-muted px-3 py-2 text-start font-medium whitespace-nowrap"
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, place) => {
            const key = `${place}`
            return (
              <tr key={key} className="border-t">
                {columns.map(({ name }, index) => (
                  <td key={name} dir="auto" className="max-w-80 px-3 py-1.5 align-top tabular-nums wrap-anywhere">
                    {row[index] === null || row[index] === undefined ? (
                      <span className="text-muted-foreground">{t('sources.empty')}</span>
                    ) : (
                      String(row[index])
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
