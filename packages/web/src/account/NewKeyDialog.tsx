import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog, DialogActions } from '../ui/Dialog.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Select } from '../ui/Select.tsx'
import { TextField } from '../ui/TextField.tsx'
import { CopyOnce } from './CopyOnce.tsx'

const dayMs = 86_400_000
type Scope = 'read' | 'chat' | 'admin'

export function NewKeyDialog({ userId, onClose }: { readonly userId: string; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const { mutate, data, isPending, error } = useMutation({
    mutationFn: async (body: { name: string; scope: Scope; expires_at: string | null }) =>
      dataOf(await quory.api.POST('/v1/users/{user_id}/api-keys', { params: { path: { user_id: userId } }, body })),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['keys'] }),
  })
  return (
    <Dialog title={t('account.newKey')} isOpen onOpenChange={onClose}>
      {data === undefined ? (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            const days = Number(form.get('days'))
            const expires_at = days === 0 ? null : new Date(Date.now() + days * dayMs).toISOString()
            // The options below are the scopes.
            if (!isPending) mutate({ name: String(form.get('name')), scope: form.get('scope') as Scope, expires_at })
          }}
        >
          <TextField
            label={t('account.keyName')}
            hint={t('account.keyNameHint')}
            name="name"
            autoComplete="off"
            maxLength={100}
            required
          />
          <Select
            label={t('account.scope')}
            name="scope"
            defaultValue="chat"
            options={[
              { value: 'read', label: t('account.scopeReadLong') },
              { value: 'chat', label: t('account.scopeChatLong') },
              { value: 'admin', label: t('account.scopeAdminLong') },
            ]}
          />
          <Select
            label={t('account.expires')}
            name="days"
            defaultValue="90"
            options={[
              ...[7, 30, 90, 365].map((count) => ({ value: String(count), label: t('account.inDays', { count }) })),
              { value: '0', label: t('account.never') },
            ]}
          />
          {error === null ? null : <ErrorNotice error={error} />}
          <DialogActions>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" look="primary" isBusy={isPending}>
              {t('account.makeKey')}
            </Button>
          </DialogActions>
        </form>
      ) : (
        <>
          <CopyOnce label={t('account.yourKey')} secret={data.key} hint={t('account.keyOnce')} />
          <DialogActions>
            <Button look="primary" onClick={onClose}>
              {t('account.done')}
            </Button>
          </DialogActions>
        </>
      )}
    </Dialog>
  )
}
