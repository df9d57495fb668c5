import type { User } from '@quory/sdk'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { UserPlus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { InviteDialog } from './InviteDialog.tsx'
import { Section } from './Section.tsx'

/** For administrators: who may sign in. */
export function PeopleSection({ ownId }: { readonly ownId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  /** `new`, or the user who gets another link. */
  const [invited, setInvited] = useState<User | 'new'>()
  const [doomed, setDoomed] = useState<User>()
  const people = useInfiniteQuery({
    queryKey: ['users'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) => {
      const query = { limit: 50, ...(cursor === undefined ? {} : { cursor }) }
      const answer = await quory.api.GET('/v1/users', { params: { query }, signal })
      return { items: dataOf(answer).users, next: answer.response.headers.get('x-next-cursor') ?? undefined }
    },
    getNextPageParam: ({ next }) => next,
  })
  const remove = useMutation({
    mutationFn: async ({ id }: User) =>
      await quory.api.DELETE('/v1/users/{user_id}', { params: { path: { user_id: id } } }),
    onSettled: () => setDoomed(undefined),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['users'] }),
  })
  return (
    <Section title={t('account.people')} text={t('account.peopleText')}>
      {people.error === null ? null : <ErrorNotice error={people.error} onRetry={() => void people.refetch()} />}
      {remove.error === null ? null : <ErrorNotice error={remove.error} />}
      {people.data === undefined ? <Skeleton className="h-24" /> : null}
      <ul className="grid divide-y">
        {people.data?.pages
          .flatMap(({ items }) => items)
          .map((user) => (
            <li key={user.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 py-2">
              <div className="min-w-40 flex-1">
                <p className="truncate text-sm font-medium">{user.name}</p>
                <p className="truncate text-xs text-muted-foreground">{user.email}</p>
              </div>
              {user.role === 'admin' ? <Badge>{t('account.administrator')}</Badge> : null}
              <div className="flex gap-1">
                <Button
                  size="small"
                  look="quiet"
                  aria-label={t('account.newLinkFor', { name: user.name })}
                  onClick={() => setInvited(user)}
                >
                  {t('account.link')}
                </Button>
                {user.id === ownId ? null : (
                  <Button
                    size="small"
                    look="quiet"
                    aria-label={t('account.removeTitle', { name: user.name })}
                    onClick={() => setDoomed(user)}
                  >
                    {t('ui.delete')}
                  </Button>
                )}
              </div>
            </li>
          ))}
      </ul>
      <div className="flex flex-wrap justify-end gap-2">
        {people.hasNextPage ? (
          <Button isBusy={people.isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
            {t('account.showMore')}
          </Button>
        ) : null}
        <Button onClick={() => setInvited('new')}>
          <UserPlus />
          {t('account.invite')}
        </Button>
      </div>
      {invited === undefined ? null : (
        <InviteDialog user={invited === 'new' ? undefined : invited} onClose={() => setInvited(undefined)} />
      )}
      <ConfirmDialog
        title={t('account.removeTitle', { name: doomed?.name ?? '' })}
        description={t('account.removeText')}
        action={t('ui.delete')}
        typed={doomed?.email}
        isBusy={remove.isPending}
        isOpen={doomed !== undefined}
        onOpenChange={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed !== undefined) remove.mutate(doomed)
        }}
      />
    </Section>
  )
}
