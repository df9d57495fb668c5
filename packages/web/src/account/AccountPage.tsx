import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { ErrorNotice } from '../ui/ErrorNotice.tsx'
import { Skeleton } from '../ui/Skeleton.tsx'
import { KeysSection } from './KeysSection.tsx'
import { PasswordSection } from './PasswordSection.tsx'
import { PeopleSection } from './PeopleSection.tsx'
import { ProfileSection } from './ProfileSection.tsx'
import { SignOutSection } from './SignOutSection.tsx'

export function AccountPage() {
  const { t } = useTranslation()
  const { data: me, error, refetch } = useQuery(meQuery(useQuory()))
  useEffect(() => {
    document.title = `${t('account.title')} · Quory`
  }, [t])
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto grid max-w-3xl gap-5 px-4 pt-14 pb-12 md:pt-10">
        <h1 className="text-2xl font-semibold">{t('account.title')}</h1>
        {error === null ? null : <ErrorNotice error={error} onRetry={() => void refetch()} />}
        {me === undefined ? (
          <Skeleton className="h-96" />
        ) : (
          <>
            <ProfileSection me={me} />
            {me.has_password ? <PasswordSection email={me.email} /> : null}
            <SignOutSection />
            <KeysSection userId={me.id} />
            {me.role === 'admin' ? <PeopleSection ownId={me.id} /> : null}
          </>
        )}
      </div>
    </div>
  )
}
