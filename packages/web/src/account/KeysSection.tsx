import type { ApiKey } from '@quory/sdk'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ConfirmDialog } from '../ui/ConfirmDialog.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { KeyTable } from './KeyTable.tsx'
import { NewKeyDialog } from './NewKeyDialog.tsx'
import { Section } from './Section.tsx'

export function KeysSection({ userId }: { readonly userId: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [isMaking, setIsMaking] = useState(false)
  const [doomed, setDoomed] = useState<ApiKey>()
  const keys = useInfiniteQuery({
    queryKey: ['keys'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam: cursor, signal }) => {
      const query = { limit: 100, ...(cursor === undefined ? {} : { cursor }) }
      const params = { path: { user_id: userId }, query }
      const answer = await quory.api.GET('/v1/users/{user_id}/api-keys', { params, signal })
      return { items: dataOf(answer).api_keys, next: answer.response.headers.get('x-next-cursor') ?? undefined }
    },
    getNextPageParam: ({ next }) => next,
  })
  const revoke = useMutation({
    mutationFn: async (key: ApiKey) =>
      await quory.api.DELETE('/v1/users/{user_id}/api-keys/{key_id}', {
        params: { path: { user_id: userId, key_id: key.id } },
      }),
    onSuccess: async () => {
      setDoomed(undefined)
      await queryClient.invalidateQueries({ queryKey: ['keys'] })
    },
  })
  const items = keys.data?.pages.flatMap((page) => page.items)
  return (
    <Section title={t('account.keys')} text={t('account.keysText')}>
      {keys.error === null ? null : <ErrorNotice error={keys.error} onRetry={() => void keys.refetch()} />}
      {revoke.error === null ? null : <ErrorNotice error={revoke.error} />}
      {items === undefined ? <Skeleton className="h-24" /> : null}
      {items?.length === 0 ? <EmptyState icon={<KeyRound />} title={t('account.noKeys')} /> : null}
      {items === undefined || items.length === 0 ? null : <KeyTable keys={items} onRevoke={setDoomed} />}
      <div className="flex flex-wrap justify-end gap-2">
        {keys.hasNextPage ? (
          <Button isBusy={keys.isFetchingNextPage} onClick={() => void keys.fetchNextPage()}>
            {t('account.showMore')}
          </Button>
        ) : null}
        <Button onClick={() => setIsMaking(true)}>
          <Plus />
          {t('account.newKey')}
        </Button>
      </div>
      {isMaking ? <NewKeyDialog userId={userId} onClose={() => setIsMaking(false)} /> : null}
      <ConfirmDialog
        title={t('account.revokeTitle', { name: doomed?.name ?? '' })}
        description={t('account.revokeText')}
        action={t('account.revoke')}
        isBusy={revoke.isPending}
        isOpen={doomed !== undefined}
        onOpenChange={() => setDoomed(undefined)}
        onConfirm={() => {
          if (doomed !== undefined) revoke.mutate(doomed)
        }}
      />
    </Section>
  )
}
