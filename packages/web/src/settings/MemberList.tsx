import type { Project } from '@quory/sdk'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { UserMinus } from 'lucide-react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { describeError } from '../ui/describe-error.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { notify } from '../ui/notify.ts'
import { Select } from '../ui/Select.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { InvitationList } from './InvitationList.tsx'
import { InviteMember } from './InviteMember.tsx'
import { type Role, roles } from './member-role.ts'

export function MemberList({ project }: { readonly project: Project }) {
  const { t } = useTranslation()
  // What was removed had the keyboard's focus.
  const heading = useRef<HTMLHeadingElement>(null)
  const quory = useQuory()
  const queryClient = useQueryClient()
  const path = { project_id: project.id }
  const queryKey = ['members', project.id]
  const members = useQuery({
    queryKey,
    queryFn: async ({ signal }) =>
      dataOf(await quory.api.GET('/v1/projects/{project_id}/members', { params: { path }, signal })).members,
  })
  const change = useMutation({
    mutationFn: async ({ userId, role }: { readonly userId: string; readonly role: Role | undefined }) => {
      const params = { path: { ...path, user_id: userId } }
      if (role === undefined) await quory.api.DELETE('/v1/projects/{project_id}/members/{user_id}', { params })
      else await quory.api.PUT('/v1/projects/{project_id}/members/{user_id}', { params, body: { role } })
    },
    onSuccess: (_, { role }) => {
      if (role === undefined) heading.current?.focus()
    },
    onError: (error) => notify('problem', describeError(error, t)),
    onSettled: () => queryClient.invalidateQueries({ queryKey }),
  })
  return (
    <section aria-labelledby="members" className="grid max-w-2xl grid-cols-1 gap-4">
      <div>
        <h2 ref={heading} id="members" tabIndex={-1} className="text-lg font-semibold outline-none">
          {t('settings.members')}
        </h2>
        <p className="text-sm text-muted-foreground">{t('settings.membersText')}</p>
      </div>
      {members.isPending ? <Skeleton className="h-24" /> : null}
      {members.isError ? <ErrorNotice error={members.error} onRetry={() => void members.refetch()} /> : null}
      <ul className="divide-y rounded-lg border empty:hidden">
        {(members.data ?? []).map((member) => (
          <li key={member.user_id} className="flex flex-wrap items-center gap-3 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-40">
              <p className="truncate text-sm font-medium">{member.name}</p>
              <p className="truncate text-xs text-muted-foreground">{member.email}</p>
            </div>
            <Select
              label={t('settings.roleOf', { name: member.name })}
              isLabelHidden
              value={member.role}
              onChange={(event) => change.mutate({ userId: member.user_id, role: event.currentTarget.value as Role })}
              options={roles.map((role) => ({ value: role, label: t(`settings.roles.${role}`) }))}
            />
            <IconButton
              label={t('settings.remove', { name: member.name })}
              onClick={() => change.mutate({ userId: member.user_id, role: undefined })}
            >
              <UserMinus />
            </IconButton>
          </li>
        ))}
      </ul>
      <InvitationList projectId={project.id} onRevoked={() => heading.current?.focus()} />
      <InviteMember projectId={project.id} />
    </section>
  )
}
