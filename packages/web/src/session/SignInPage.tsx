import { QuoryRequestError } from '@quory/sdk'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { dataOf } from '../server/data-of.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { TextField } from '../ui/TextField.tsx'
import { EntryFrame } from './EntryFrame.tsx'

export function SignInPage() {
  const { t } = useTranslation()
  const quory = useQuory()
  const { next, problem } = useSearch({ from: '/sign-in' })
  const { data: options, error } = useQuery({
    queryKey: ['sign-in-options'],
    queryFn: async ({ signal }) => dataOf(await quory.api.GET('/v1/auth/options', { signal })),
  })
  const isFirst = options?.first_run === true
  useEffect(() => {
    document.title = `${t('session.signIn')} · Quory`
  }, [t])
  return (
    <EntryFrame
      title={isFirst ? t('session.firstRun') : t('session.signInTitle')}
      text={isFirst ? t('session.firstRunText') : undefined}
    >
      {error === null ? null : <ErrorNotice error={error} />}
      {problem === undefined ? null : <ProviderProblem problem={problem} />}
      {isFirst ? null : <SignInForm next={next} />}
      {options?.oidc == null ? null : (
        <Button asChild size="large" className="w-full">
          <a href={`/v1/auth/oidc/start?next=${encodeURIComponent(ownPath(next))}`}>
            <span className="truncate">{t('session.signInWith', { name: options.oidc.name })}</span>
          </a>
        </Button>
      )}
    </EntryFrame>
  )
}

function SignInForm({ next }: { readonly next: string | undefined }) {
  const { t } = useTranslation()
  const quory = useQuory()
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const password = useRef<HTMLInputElement>(null)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (body: { email: string; password: string }) => await quory.api.POST('/v1/auth/sign-in', { body }),
    onSuccess: async () => {
      queryClient.clear()
      await navigate({ href: ownPath(next), replace: true })
    },
    onError: () => password.current?.select(),
  })
  const refusal = error instanceof QuoryRequestError ? error : undefined
  const words =
    refusal?.code === 'wrong_credentials'
      ? t('session.wrong')
      : refusal?.code === 'too_many_attempts'
        ? t('session.tooMany', { seconds: Math.ceil((refusal.retryAfterMs ?? 60_000) / 1000) })
        : undefined
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        if (!isPending) mutate({ email: String(form.get('email')), password: String(form.get('password')) })
      }}
    >
      <TextField
        label={t('session.email')}
        name="email"
        type="email"
        autoComplete="username"
        inputMode="email"
        required
        autoFocus
        className="h-11"
      />
      <TextField
        ref={password}
        label={t('session.password')}
        name="password"
        type="password"
        autoComplete="current-password"
        required
        problem={words}
        className="h-11"
      />
      {error !== null && words === undefined ? <ErrorNotice error={error} /> : null}
      <Button type="submit" look="primary" size="large" isBusy={isPending}>
        {t('session.signIn')}
      </Button>
      <p className="text-center text-xs text-balance text-muted-foreground">{t('session.forgotten')}</p>
    </form>
  )
}

function ProviderProblem({ problem }: { readonly problem: string }) {
  const { t } = useTranslation()
  return (
    <p role="alert" className="rounded-lg border border-destructive/40 bg-destructive/5 p-3 text-sm">
      {problem === 'unknown'
        ? t('session.providerUnknown')
        : problem === 'expired'
          ? t('session.providerExpired')
          : t('session.providerFailed')}
    </p>
  )
}

/** A path of this page, whatever a link says. */
function ownPath(text: string | undefined): string {
  const url = text?.startsWith('/') === true ? URL.parse(text, location.origin) : null
  return url?.origin === location.origin ? url.pathname + url.search + url.hash : '/'
}
