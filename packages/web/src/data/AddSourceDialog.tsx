import type { NewSource } from '@quory/sdk'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog, DialogActions } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Select } from '../ui/Select.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { TextField } from '../ui/TextField.tsx'
import { SourceFields } from './SourceFields.tsx'

interface AddSourceDialogProps {
  readonly projectId: string
  readonly onClose: () => void
}

/** A web page or site, a repository, a drive, a bucket: what each needs is what the server says it needs. */
export function AddSourceDialog({ projectId, onClose }: AddSourceDialogProps) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [typeId, setTypeId] = useState('web')
  const [name, setName] = useState('')
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const [every, setEvery] = useState('0')
  const [problem, setProblem] = useState<unknown>()
  const [refusal, setRefusal] = useState('')
  const [isBusy, setIsBusy] = useState(false)
  const types = useQuery({
    queryKey: ['data-source-types'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) =>
      dataOf(await quory.api.GET('/v1/data-source-types', { signal })).data_source_types.filter(
        ({ id }) => !id.endsWith('_upload'),
      ),
  })
  const type = types.data?.find(({ id }) => id === typeId)

  async function add(): Promise<void> {
    setIsBusy(true)
    setProblem(undefined)
    setRefusal('')
    try {
      const entries = (type?.required_fields ?? []).flatMap((field) => {
        const value = values[field.name]?.trim() ?? ''
        if (value === '') return []
        return [[field.name, field.type === 'integer' && /^\d+$/.test(value) ? Number(value) : value] as const]
      })
      const body = {
        // One of the types that the server has just listed.
        type: typeId as NewSource['type'],
        name: name.trim() === '' ? (values['url'] ?? type?.name ?? typeId).slice(0, 100) : name.trim(),
        configuration: Object.fromEntries(entries),
        sync_every_minutes: Number(every),
      }
      const path = { project_id: projectId }
      const source = dataOf(await quory.api.POST('/v1/projects/{project_id}/data-sources', { params: { path }, body }))
      const params = { path: { ...path, data_source_id: source.id } }
      const place = '/v1/projects/{project_id}/data-sources/{data_source_id}' as const
      // Tried before it stays: a wrong address or key is said where it was typed.
      const { status, message } = dataOf(await quory.api.POST(`${place}/validate`, { params }))
      if (status === 'error') {
        await quory.api.DELETE(place, { params })
        setRefusal(message)
        return
      }
      await quory.api.POST(`${place}/sync`, { params, body: { full: false } })
      await queryClient.invalidateQueries({ queryKey: ['sources', projectId] })
      onClose()
    } catch (error) {
      setProblem(error)
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <Dialog title={t('data.add.title')} isOpen onOpenChange={onClose} className="scroll-pb-20">
      {types.isPending ? <Skeleton className="h-40" /> : null}
      {types.isError ? <ErrorNotice error={types.error} onRetry={() => void types.refetch()} /> : null}
      {type === undefined ? null : (
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (!isBusy) void add()
          }}
        >
          <Select
            label={t('data.add.type')}
            value={typeId}
            onChange={(event) => {
              setTypeId(event.currentTarget.value)
              setProblem(undefined)
            }}
            options={(types.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          />
          <p className="text-sm text-muted-foreground">{type.description}</p>
          <SourceFields
            key={typeId}
            fields={type.required_fields}
            values={values}
            onChange={setValues}
            problem={problem}
          >
            <TextField
              label={t('data.add.name')}
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
          </SourceFields>
          <Select
            label={t('data.add.every')}
            value={every}
            onChange={(event) => setEvery(event.currentTarget.value)}
            options={[
              { value: '0', label: t('data.add.never') },
              { value: '60', label: t('data.add.hour') },
              { value: '1440', label: t('data.add.day') },
              { value: '10080', label: t('data.add.week') },
            ]}
          />
          {problem === undefined ? null : <ErrorNotice error={problem} />}
          {refusal === '' ? null : (
            <p role="alert" className="text-sm text-destructive wrap-anywhere">
              {refusal}
            </p>
          )}
          <DialogActions areKept>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" look="primary" isBusy={isBusy}>
              {t('data.add.submit')}
            </Button>
          </DialogActions>
        </form>
      )}
    </Dialog>
  )
}
