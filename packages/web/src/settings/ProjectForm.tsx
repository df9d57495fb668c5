import type { Project } from '@quory/sdk'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { modelsQuery } from '../server/models-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { notify } from '../ui/notify.ts'
import { Select } from '../ui/Select.tsx'
import { TextArea } from '../ui/TextArea.tsx'
import { TextField } from '../ui/TextField.tsx'

export function ProjectForm({ project }: { readonly project: Project }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const models = useQuery(modelsQuery(quory))
  const [fields, setFields] = useState({
    name: project.name,
    description: project.description ?? '',
    instructions: project.instructions ?? '',
    model: project.model ?? '',
  })
  const change = (changed: Partial<typeof fields>) => setFields({ ...fields, ...changed })
  const mayChange = project.role === 'owner'
  const saving = useMutation({
    mutationFn: async () =>
      dataOf(
        await quory.api.PUT('/v1/projects/{project_id}', {
          params: { path: { project_id: project.id } },
          body: {
            name: fields.name.trim(),
            description: fields.description.trim(),
            instructions: fields.instructions.trim() === '' ? null : fields.instructions,
            model: fields.model === '' ? null : fields.model,
          },
        }),
      ),
    onSuccess: (saved) => {
      queryClient.setQueryData(['project', project.id], saved)
      void queryClient.invalidateQueries({ queryKey: ['me'] })
      notify('success', t('settings.saved'))
    },
  })
  const names = (models.data?.data ?? []).map(({ id }) => id)
  const known = fields.model === '' || names.includes(fields.model) ? names : [fields.model, ...names]
  return (
    <form
      className="grid max-w-2xl gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        if (!saving.isPending) saving.mutate()
      }}
    >
      <fieldset disabled={!mayChange} className="contents">
        <TextField
          label={t('settings.name')}
          required
          maxLength={100}
          value={fields.name}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextField
          label={t('settings.description')}
          maxLength={500}
          value={fields.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <TextArea
          label={t('settings.instructions')}
          hint={t('settings.instructionsHint')}
          rows={6}
          maxLength={20_000}
          value={fields.instructions}
          onChange={(event) => change({ instructions: event.currentTarget.value })}
        />
        <Select
          label={t('settings.model')}
          value={fields.model}
          onChange={(event) => change({ model: event.currentTarget.value })}
          options={[
            { value: '', label: t('settings.modelOfServer') },
            ...known.map((id) => ({ value: id, label: id })),
          ]}
        />
      </fieldset>
      {saving.isError ? <ErrorNotice error={saving.error} /> : null}
      {mayChange ? (
        <Button type="submit" look="primary" isBusy={saving.isPending} className="justify-self-start">
          {t('ui.save')}
        </Button>
      ) : (
        <p className="text-sm text-muted-foreground">{t('settings.onlyOwners')}</p>
      )}
    </form>
  )
}
