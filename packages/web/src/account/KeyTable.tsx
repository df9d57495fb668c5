import type { ApiKey } from '@quory/sdk'
import { useTranslation } from 'react-i18next'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'
import { localeOf } from '../ui/locale-of.ts'

const cell = 'px-2 py-2 text-start align-middle'
/** On a phone each row is a block, and each of its cells says what it is. */
const stacked =
  'max-sm:block max-sm:py-0.5 max-sm:before:me-2 max-sm:before:text-xs max-sm:before:text-muted-foreground max-sm:before:content-[attr(data-name)]'

export function KeyTable(props: { readonly keys: readonly ApiKey[]; readonly onRevoke: (key: ApiKey) => void }) {
  const { t, i18n } = useTranslation()
  const days = new Intl.DateTimeFormat(localeOf(i18n.language), { dateStyle: 'medium' })
  const dayOf = (time: string | null, otherwise: string) => (time === null ? otherwise : days.format(new Date(time)))
  const scopes = { read: t('account.scopeRead'), chat: t('account.scopeChat'), admin: t('account.scopeAdmin') }
  return (
    <div className="-mx-2">
      <table className="w-full text-sm max-sm:block [&>tbody]:max-sm:block">
        <thead className="text-xs text-muted-foreground max-sm:sr-only">
          <tr>
            {[t('account.keyName'), t('account.scope'), t('account.lastUsed'), t('account.expires')].map((head) => (
              <th key={head} scope="col" className={`${cell} font-medium whitespace-nowrap`}>
                {head}
              </th>
            ))}
            <th scope="col" className={cell}>
              <span className="sr-only">{t('account.revoke')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.keys.map((key) => (
            <tr key={key.id} className="border-t max-sm:block max-sm:py-2 first:max-sm:border-t-0">
              <th scope="row" className={`${cell} max-w-56 font-normal max-sm:block max-sm:max-w-none`}>
                <span className="block truncate font-medium" title={key.name}>
                  {key.name}
                </span>
                {key.prefix === '' ? null : <code className="text-xs text-muted-foreground">{key.prefix}…</code>}
              </th>
              <td data-name={t('account.scope')} className={`${cell} ${stacked}`}>
                {scopes[key.scope]}
              </td>
              <td data-name={t('account.lastUsed')} className={`${cell} ${stacked} whitespace-nowrap`}>
                {dayOf(key.last_used_at, t('account.never'))}
              </td>
              <td data-name={t('account.expires')} className={`${cell} ${stacked} whitespace-nowrap`}>
                {key.expires_at !== null && new Date(key.expires_at) <= new Date() ? (
                  <Badge tone="bad">{t('account.expired')}</Badge>
                ) : (
                  dayOf(key.expires_at, t('account.never'))
                )}
              </td>
              <td className="px-2 py-2 text-end max-sm:block max-sm:py-0">
                <Button
                  size="small"
                  look="quiet"
                  aria-label={t('account.revokeTitle', { name: key.name })}
                  onClick={() => props.onRevoke(key)}
                >
                  {t('account.revoke')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
