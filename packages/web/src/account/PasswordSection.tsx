import { QuoryRequestError } from '@quory/sdk'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { TextField } from '../ui/TextField.tsx'
import { Section } from './Section.tsx'

const minPasswordLength = 10

export function PasswordSection({ email }: { readonly email: string }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const form = useRef<HTMLFormElement>(null)
  const [isShort, setIsShort] = useState(false)
  const { mutate, isPending, error, isSuccess } = useMutation({
    mutationFn: async (body: { current_password: string; new_password: string }) =>
      await quory.api.POST('/v1/auth/password', { body }),
    onSuccess: () => form.current?.reset(),
  })
  const refusal = error instanceof QuoryRequestError ? error : undefined
  const words =
    refusal?.code === 'wrong_password'
      ? t('account.passwordWrong')
      : refusal?.code === 'too_many_attempts'
        ? t('account.tooMany', { seconds: Math.ceil((refusal.retryAfterMs ?? 60_000) / 1000) })
        : undefined
  return (
    <Section title={t('account.password')} text={t('account.passwordText')}>
      <form
        ref={form}
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          const entered = new FormData(event.currentTarget)
          const new_password = String(entered.get('new'))
          const isTooShort = [...new_password].length < minPasswordLength
          setIsShort(isTooShort)
          if (!isPending && !isTooShort) mutate({ current_password: String(entered.get('current')), new_password })
        }}
      >
        {/* For password managers, which otherwise do not know whose password it is. */}
        <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
        <TextField
          label={t('account.currentPassword')}
          name="current"
          type="password"
          autoComplete="current-password"
          required
          problem={words}
        />
        <TextField
          label={t('account.newPassword')}
          name="new"
          type="password"
          autoComplete="new-password"
          required
          hint={t('account.passwordHint', { count: minPasswordLength })}
          problem={isShort ? t('account.passwordShort', { count: minPasswordLength }) : undefined}
        />
        {error !== null && words === undefined ? <ErrorNotice error={error} /> : null}
        <div className="flex items-center justify-end gap-3">
          <span role="status" className="text-sm text-muted-foreground">
            {isSuccess ? t('account.passwordChanged') : ''}
          </span>
          <Button type="submit" isBusy={isPending}>
            {t('account.changePassword')}
          </Button>
        </div>
      </form>
    </Section>
  )
}
