import type { Project } from '@quory/sdk'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { describeError } from '../ui/describe-error.ts'
import { notify } from '../ui/notify.ts'

export function DeleteProject({ project }: { readonly project: Project }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [isAsked, setIsAsked] = useState(false)
  const deletion = useMutation({
    mutationFn: () => quory.api.DELETE('/v1/projects/{project_id}', { params: { path: { project_id: project.id } } }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['me'] })
      await navigate({ to: '/' })
    },
    onError: (error) => notify('problem', describeError(error, t)),
  })
  return (
    <section aria-labelledby="deletion" className="grid max-w-2xl gap-3 rounded-lg border border-destructive/40 p-4">
      <h2 id="deletion" className="text-lg font-semibold">
        {t('settings.deletion')}
      </h2>
      <p className="text-sm text-muted-foreground">{t('settings.deletionText')}</p>
      <Button look="destructive" className="justify-self-start" onClick={() => setIsAsked(true)}>
        {t('settings.delete')}
      </Button>
      <ConfirmDialog
        title={t('settings.deleteTitle', { name: project.name })}
        description={t('settings.deletionText')}
        action={t('settings.delete')}
        typed={project.name}
        isBusy={deletion.isPending}
        isOpen={isAsked}
        onOpenChange={setIsAsked}
        onConfirm={() => deletion.mutate()}
      />
    </section>
  )
}
