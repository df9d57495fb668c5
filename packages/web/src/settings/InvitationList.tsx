import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Badge } from '../ui/Badge.tsx'
import { describeError } from '../ui/describe-error.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { localeOf } from '../ui/locale-of.ts'
import { notify } from '../ui/notify.ts'
import { invitationsQuery } from './invitations-query.ts'

interface InvitationListProps {
  readonly projectId: string
  readonly onRevoked: () => void
}

export function InvitationList({ projectId, onRevoked }: InvitationListProps) {
  const { t, i18n } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const query = invitationsQuery(quory, projectId)
  const invitations = useQuery(query)
  const revoke = useMutation({
    mutationFn: async (id: string) => {
      const path = { project_id: projectId, invitation_id: id }
      await quory.api.DELETE('/v1/projects/{project_id}/invitations/{invitation_id}', { params: { path } })
    },
    onSuccess: onRevoked,
    onError: (error) => notify('problem', describeError(error, t)),
    onSettled: () => queryClient.invalidateQueries(query),
  })
  const days = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium' })
  if (invitations.isError) return <ErrorNotice error={invitations.error} onRetry={() => void invitations.refetch()} />
  if (invitations.data === undefined || invitations.data.length === 0) return null
  return (
    <div className="grid grid-cols-1 gap-2">
      <h3 id="invitations" className="text-sm font-medium">
        {t('settings.invitations')}
      </h3>
      <ul aria-labelledby="invitations" className="divide-y rounded-lg border">
        {invitations.data.map(({ id, email, role, expires_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-3 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-40">
              <p className="truncate text-sm font-medium">{email}</p>
              <p className="text-xs text-muted-foreground">
                {t('settings.invitedUntil', { date: days.format(new Date(expires_at)) })}
              </p>
            </div>
            <Badge>{t(`settings.roles.${role}`)}</Badge>
            <IconButton label={t('settings.revoke', { email })} onClick={() => revoke.mutate(id)}>
              <X />
            </IconButton>
          </li>
        ))}
      </ul>
    </div>
  )
}
