import { QuoryRequestError, type User } from '@quory/sdk'
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

interface Person {
  readonly email: string
  readonly name: string | null
  readonly role: 'admin' | 'user'
}

/** A link for a new user, or another one for a user there is. */
export function InviteDialog({ user, onClose }: { readonly user: User | undefined; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const { mutate, data, isPending, error } = useMutation({
    mutationFn: async (person: Person | undefined) => {
      const id = user?.id ?? (person && dataOf(await quory.api.POST('/v1/users', { body: person })).id) ?? ''
      await queryClient.invalidateQueries({ queryKey: ['users'] })
      const params = { path: { user_id: id } }
      return dataOf(await quory.api.POST('/v1/users/{user_id}/sign-in-link', { params }))
    },
  })
  const isTaken = error instanceof QuoryRequestError && error.code === 'user_exists'
  return (
    <Dialog
      title={user === undefined ? t('account.invite') : t('account.linkFor', { name: user.name })}
      description={user === undefined ? undefined : t('account.linkText')}
      isOpen
      onOpenChange={onClose}
    >
      {data === undefined ? (
        <form
          className="grid gap-4"
          onSubmit={(event) => {
            event.preventDefault()
            const form = new FormData(event.currentTarget)
            const name = String(form.get('name') ?? '').trim()
            const role = form.get('role') === 'admin' ? 'admin' : 'user'
            const email = String(form.get('email') ?? '')
            if (!isPending) mutate(user === undefined ? { email, name: name === '' ? null : name, role } : undefined)
          }}
        >
          {user === undefined ? (
            <>
              <TextField
                label={t('account.email')}
                name="email"
                type="email"
                autoComplete="off"
                required
                problem={isTaken ? t('account.emailTaken') : undefined}
              />
              <TextField label={t('account.name')} name="name" autoComplete="off" maxLength={100} />
              <Select
                label={t('account.role')}
                name="role"
                options={[
                  { value: 'user', label: t('account.user') },
                  { value: 'admin', label: t('account.administrator') },
                ]}
              />
            </>
          ) : null}
          {error === null || isTaken ? null : <ErrorNotice error={error} />}
          <DialogActions>
            <Button onClick={onClose}>{t('ui.cancel')}</Button>
            <Button type="submit" look="primary" isBusy={isPending}>
              {t('account.makeLink')}
            </Button>
          </DialogActions>
        </form>
      ) : (
        <>
          <CopyOnce label={t('account.yourLink')} secret={data.url} hint={t('account.linkOnce')} />
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
