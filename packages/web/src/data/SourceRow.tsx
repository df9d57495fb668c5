import type { ListedSource } from '@quory/sdk'
import { useQueryClient } from '@tanstack/react-query'
import { Download, Ellipsis, FileText, Globe, RotateCw, Table2, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx'
import { Progress } from '../ui/Progress.tsx'
import { formatBytes } from './format-bytes.ts'
import { SourceDialog } from './SourceDialog.tsx'
import { isAtWork } from './sources-query.ts'
import { useMayEdit } from './use-may-edit.ts'
import { useSourceActions } from './use-source-actions.ts'

export function SourceRow({ source }: { readonly source: ListedSource }) {
  const { t } = useTranslation()
  const queryClient = useQueryClient()
  const actions = useSourceActions()
  const mayEdit = useMayEdit(source.project_id) === true
  const [shown, setShown] = useState<'details' | 'deletion' | undefined>()
  const isUpload = source.type.endsWith('_upload')
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['sources', source.project_id] })
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <span aria-hidden className="mt-0.5 text-muted-foreground [&_svg]:size-4.5">
        <SourceIcon source={source} />
      </span>
      <div className="grid min-w-0 flex-1 grid-cols-1 gap-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <button
            type="button"
            className="max-w-full truncate text-start text-sm font-medium hover:underline"
            onClick={() => setShown('details')}
          >
            {source.name}
          </button>
          <SourceState source={source} />
        </div>
        <SourceFigures source={source} />
        {isAtWork(source) ? (
          <Progress
            label={t('data.progressOf', { name: source.name })}
            percent={source.progress.total === 0 ? null : (source.progress.done / source.progress.total) * 100}
          />
        ) : null}
        {source.error === null ? null : <p className="text-xs text-destructive wrap-anywhere">{source.error}</p>}
        {source.error === null && source.job?.reason != null ? (
          <p className="text-xs text-warning wrap-anywhere">{source.job.reason}</p>
        ) : null}
      </div>
      {mayEdit && source.status === 'error' ? (
        <Button size="small" onClick={() => void actions.readAgain(source).then(refresh)}>
          <RotateCw />
          {t('ui.tryAgain')}
        </Button>
      ) : null}
      <Menu
        trigger={
          <Button look="quiet" size="icon-small" aria-label={t('data.actions', { name: source.name })}>
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem icon={<FileText />} onSelect={() => setShown('details')}>
          {t('data.details')}
        </MenuItem>
        {mayEdit ? (
          <MenuItem icon={<RotateCw />} onSelect={() => void actions.readAgain(source).then(refresh)}>
            {t(isUpload ? 'data.readAgain' : 'data.syncNow')}
          </MenuItem>
        ) : null}
        {source.file_name === null ? null : (
          <MenuItem
            icon={<Download />}
            // It comes as an attachment, so the page stays.
            onSelect={() => location.assign(`/v1/projects/${source.project_id}/data-sources/${source.id}/content`)}
          >
            {t('data.download')}
          </MenuItem>
        )}
        {mayEdit ? (
          <>
            <MenuSeparator />
            <MenuItem icon={<Trash2 />} isDestructive onSelect={() => setShown('deletion')}>
              {t('ui.delete')}
            </MenuItem>
          </>
        ) : null}
      </Menu>
      {shown === 'details' ? <SourceDialog source={source} onClose={() => setShown(undefined)} /> : null}
      <ConfirmDialog
        title={t('data.deleteTitle', { name: source.name })}
        description={t('data.deleteText')}
        action={t('ui.delete')}
        isOpen={shown === 'deletion'}
        onOpenChange={() => setShown(undefined)}
        onConfirm={() => {
          setShown(undefined)
          void actions.remove(source).then(refresh)
        }}
      />
    </li>
  )
}

function SourceIcon({ source }: { readonly source: ListedSource }) {
  if (source.type === 'web') return <Globe />
  return source.type === 'csv_upload' || source.type === 'xlsx_upload' || source.type === 'databricks' ? (
    <Table2 />
  ) : (
    <FileText />
  )
}

function SourceState({ source }: { readonly source: ListedSource }) {
  const { t } = useTranslation()
  if (isAtWork(source))
    return (
      <Badge tone="neutral">{t(source.job?.state === 'waiting' ? 'data.state.waiting' : 'data.state.reading')}</Badge>
    )
  if (source.status === 'error') return <Badge tone="bad">{t('data.state.error')}</Badge>
  if (source.status === 'connected') return <Badge tone="good">{t('data.state.ready')}</Badge>
  return <Badge>{t('data.state.configured')}</Badge>
}

function SourceFigures({ source }: { readonly source: ListedSource }) {
  const { t, i18n } = useTranslation()
  const time = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(source.updated_at),
  )
  const figures = [
    ...(source.size === null ? [] : [formatBytes(source.size, i18n.language)]),
    isAtWork(source) && source.progress.total > 0
      ? t('data.passagesOf', { done: source.progress.done, count: source.progress.total })
      : t('data.passages', { count: source.progress.done }),
    t('data.updated', { time }),
  ]
  return <p className="text-xs text-muted-foreground">{figures.join(' · ')}</p>
}
