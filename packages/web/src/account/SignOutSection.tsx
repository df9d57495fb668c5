import { useTranslation } from 'react-i18next'
import { useSignOut } from '../server/use-sign-out.ts'
import { Button } from '../ui/Button.tsx'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Section } from './Section.tsx'

export function SignOutSection() {
  const { t } = useTranslation()
  const { mutate, isPending, error } = useSignOut()
  return (
    <Section title={t('account.sessions')} text={t('account.sessionsText')}>
      {error === null ? null : <ErrorNotice error={error} />}
      <div className="flex flex-wrap gap-2">
        <Button onClick={() => mutate({ everywhere: false })} isBusy={isPending}>
          {t('account.signOut')}
        </Button>
        <Button onClick={() => mutate({ everywhere: true })} isBusy={isPending}>
          {t('account.signOutEverywhere')}
        </Button>
      </div>
    </Section>
  )
}
