import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FileUp, Plus, Search } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Page } from '../ui/Page.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { Tabs } from '../ui/Tabs.tsx'
import { fieldLook } from '../ui/TextField.tsx'
import { useSettled } from '../ui/use-settled.ts'
import { AddSourceDialog } from './AddSourceDialog.tsx'
import { NoSources } from './NoSources.tsx'
import { SourceRow } from './SourceRow.tsx'
import { sourcesQuery } from './sources-query.ts'
import { TrainingList } from './TrainingList.tsx'
import { useUploadList, useUploads } from './UploadProvider.tsx'
import { UploadRow } from './UploadRow.tsx'
import { useMayEdit } from './use-may-edit.ts'

const route = getRouteApi('/shell/p/$projectId/data')

/** What answers are made from: files, pages and other places, how far each is, and what went wrong. */
export function DataPage() {
  const { projectId } = route.useParams()
  const { t } = useTranslation()
  const mayEdit = useMayEdit(projectId)
  const [tab, setTab] = useState('sources')
  return (
    <Page
      title={t('data.title')}
      text={t(mayEdit === false ? 'data.viewerText' : 'data.text')}
      actions={mayEdit === true ? <AddActions projectId={projectId} /> : null}
    >
      <Tabs
        value={tab}
        onChange={setTab}
        tabs={[
          { value: 'sources', label: t('data.sources'), content: <SourceList key={projectId} projectId={projectId} /> },
          { value: 'training', label: t('data.training.title'), content: <TrainingList projectId={projectId} /> },
        ]}
      />
    </Page>
  )
}

function AddActions({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const uploads = useUploadList()
  const input = useRef<HTMLInputElement>(null)
  const [isAdding, setIsAdding] = useState(false)
  return (
    <div className="flex flex-wrap gap-2">
      <input
        ref={input}
        type="file"
        multiple
        className="sr-only"
        tabIndex={-1}
        aria-label={t('data.upload')}
        onChange={({ currentTarget }) => {
          uploads.add(projectId, [...(currentTarget.files ?? [])])
          currentTarget.value = ''
        }}
      />
      <Button look="primary" onClick={() => input.current?.click()}>
        <FileUp />
        {t('data.upload')}
      </Button>
      <Button onClick={() => setIsAdding(true)}>
        <Plus />
        {t('data.add.open')}
      </Button>
      {isAdding ? <AddSourceDialog projectId={projectId} onClose={() => setIsAdding(false)} /> : null}
    </div>
  )
}

function SourceList({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const searchId = useId()
  const [words, setWords] = useState('')
  const query = useSettled(words.trim(), 200)
  const uploads = useUploads(projectId)
  const list = useInfiniteQuery({ ...sourcesQuery(useQuory(), projectId, query), placeholderData: (before) => before })
  const sources = list.data?.pages.flatMap((page) => page.sources) ?? []
  const isEmpty = list.isSuccess && sources.length === 0 && uploads.length === 0
  if (isEmpty && query === '') return <NoSources projectId={projectId} />
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="relative">
        <Search aria-hidden className="pointer-events-none absolute start-3 top-2.5 size-4 text-muted-foreground" />
        <label htmlFor={searchId} className="sr-only">
          {t('data.search')}
        </label>
        <input
          id={searchId}
          type="search"
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          placeholder={t('data.search')}
          className={`${fieldLook} h-9 ps-9`}
        />
      </div>
      {list.isError ? <ErrorNotice error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <Skeleton className="h-48" /> : null}
      {isEmpty ? (
        <p className="py-6 text-center text-sm text-muted-foreground wrap-anywhere">
          {t('data.nothingFound', { words: query })}
        </p>
      ) : null}
      <ul className="divide-y rounded-lg border empty:hidden">
        {uploads.map((upload) => (
          <UploadRow key={upload.id} upload={upload} />
        ))}
        {sources.map((source) => (
          <SourceRow key={source.id} source={source} />
        ))}
      </ul>
      {list.hasNextPage ? (
        <Button
          className="justify-self-start"
          isBusy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('data.showMore')}
        </Button>
      ) : null}
    </div>
  )
}
