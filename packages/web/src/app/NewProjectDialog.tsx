import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog, DialogActions } from '../ui/Dialog.tsx'
import { describeError } from '../ui/describe-error.ts'
import { TextField } from '../ui/TextField.tsx'

export function NewProjectDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const making = useMutation({
    mutationFn: async () =>
      dataOf(await quory.api.POST('/v1/projects', { body: { name: name.trim(), organization_id: 'default' } })),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['me'] })
      onClose()
      await navigate({ to: '/p/$projectId', params: { projectId: id } })
    },
  })
  return (
    <Dialog title={t('shell.newProject')} description={t('shell.newProjectText')} isOpen onOpenChange={onClose}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          if (!making.isPending) making.mutate()
        }}
      >
        <TextField
          label={t('shell.projectName')}
          required
          maxLength={100}
          autoComplete="off"
          problem={making.isError ? describeError(making.error, t) : undefined}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <DialogActions>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={making.isPending}>
            {t('shell.make')}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}
