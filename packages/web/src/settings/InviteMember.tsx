import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { describeError } from '../ui/describe-error.ts'
import { Select } from '../ui/Select.tsx'
import { TextField } from '../ui/TextField.tsx'
import { invitationsQuery } from './invitations-query.ts'
import { type Role, roles } from './member-role.ts'

export function InviteMember({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('viewer')
  const inviting = useMutation({
    mutationFn: async () =>
      dataOf(
        await quory.api.POST('/v1/projects/{project_id}/invitations', {
          params: { path: { project_id: projectId } },
          body: { email: email.trim(), role },
        }),
      ),
    onSuccess: () => {
      setEmail('')
      return queryClient.invalidateQueries(invitationsQuery(quory, projectId))
    },
  })
  return (
    <form
      className="flex flex-wrap items-end gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!inviting.isPending) inviting.mutate()
      }}
    >
      <div className="min-w-0 flex-1 basis-56">
        <TextField
          label={t('settings.email')}
          type="email"
          required
          autoComplete="off"
          problem={inviting.isError ? describeError(inviting.error, t) : undefined}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
      </div>
      <Select
        label={t('settings.role')}
        value={role}
        onChange={(event) => setRole(event.currentTarget.value as Role)}
        options={roles.map((name) => ({ value: name, label: t(`settings.roles.${name}`) }))}
      />
      <Button type="submit" isBusy={inviting.isPending}>
        {t('settings.invite')}
      </Button>
      {/* Who sees it has the list above; a notice would lie over it. */}
      <p role="status" className="sr-only">
        {inviting.isSuccess ? t('settings.invitedNow', { email: inviting.data.email }) : ''}
      </p>
    </form>
  )
}
