import { QuoryRequestError } from '@quory/sdk'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { TextField } from '../ui/TextField.tsx'
import { EntryFrame } from './EntryFrame.tsx'

const minPasswordLength = 10

interface Invited {
  /** Null: theirs to choose. */
  readonly email: string | null
  readonly name: string
}

/** Where a sign-in link leads: who you are, and a password. */
export function WelcomePage() {
  const { t } = useTranslation()
  const quory = useQuory()
  const { linkToken: token = '' } = useLocation().state
  const { data: invited, error } = useQuery({
    queryKey: ['sign-in-link', token],
    queryFn: async ({ signal }) => dataOf(await quory.api.POST('/v1/auth/link', { body: { token }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  })
  useEffect(() => {
    document.title = `${t('session.welcome')} · Quory`
  }, [t])
  const isUsedUp = error instanceof QuoryRequestError && error.status < 500
  if (isUsedUp) {
    return (
      <EntryFrame title={t('session.linkGone')} text={t('session.linkGoneText')}>
        <Button asChild look="primary" size="large">
          <Link to="/sign-in">{t('session.signIn')}</Link>
        </Button>
      </EntryFrame>
    )
  }
  return (
    <EntryFrame
      title={t('session.welcome')}
      text={invited?.email === null ? t('session.welcomeFirst') : t('session.welcomeText')}
    >
      {error === null ? null : <ErrorNotice error={error} />}
      {invited === undefined ? <Skeleton className="h-72" /> : <WelcomeForm token={token} invited={invited} />}
    </EntryFrame>
  )
}

function WelcomeForm({ token, invited }: { readonly token: string; readonly invited: Invited }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const [isShort, setIsShort] = useState(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (body: { name: string; password: string; email?: string }) =>
      await quory.api.POST('/v1/auth/welcome', { body: { token, ...body } }),
    onSuccess: async () => {
      queryClient.clear()
      await navigate({ to: '/', replace: true })
    },
  })
  const refusal = error instanceof QuoryRequestError ? error : undefined
  const emailProblem =
    refusal?.code === 'user_exists'
      ? t('session.emailTaken')
      : refusal?.fields.some(({ loc }) => loc.includes('email')) === true
        ? t('session.emailWrong')
        : undefined
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const [name, email, password] = ['name', 'email', 'password'].map((field) => String(form.get(field) ?? ''))
        setIsShort([...(password ?? '')].length < minPasswordLength)
        if (isPending || [...(password ?? '')].length < minPasswordLength) return
        mutate({
          name: name ?? '',
          password: password ?? '',
          ...(invited.email === null ? { email: email ?? '' } : {}),
        })
      }}
    >
      <TextField
        label={t('session.name')}
        name="name"
        autoComplete="name"
        defaultValue={invited.name}
        maxLength={100}
        required
        autoFocus
        className="h-11"
      />
      <TextField
        label={t('session.email')}
        name="email"
        type="email"
        autoComplete="username"
        defaultValue={invited.email ?? ''}
        readOnly={invited.email !== null}
        required
        problem={emailProblem}
        className="h-11 read-only:bg-muted"
      />
      <TextField
        label={t('session.newPassword')}
        name="password"
        type="password"
        autoComplete="new-password"
        required
        hint={t('session.passwordHint', { count: minPasswordLength })}
        problem={isShort ? t('session.passwordShort', { count: minPasswordLength }) : undefined}
        className="h-11"
      />
      {error !== null && emailProblem === undefined ? <ErrorNotice error={error} /> : null}
      <Button type="submit" look="primary" size="large" isBusy={isPending}>
        {t('session.begin')}
      </Button>
    </form>
  )
}
