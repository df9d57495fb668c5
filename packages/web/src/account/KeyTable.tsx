import type { ApiKey } from '@quory/sdk'
import { useTranslation } from 'react-i18next'
import { Badge } from '../ui/Badge.tsx'
import { Button } from '../ui/Button.tsx'

const cell = 'px-2 py-2 text-start align-middle'

export function KeyTable(props: { readonly keys: readonly ApiKey[]; readonly onRevoke: (key: ApiKey) => void }) {
  const { t, i18n } = useTranslation()
  // The reader's own kind of the language, such as British English.
  const locale = navigator.languages.find((name) => name.startsWith(i18n.language)) ?? i18n.language
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const dayOf = (time: string | null, otherwise: string) => (time === null ? otherwise : days.format(new Date(time)))
  const scopes = { read: t('account.scopeRead'), chat: t('account.scopeChat'), admin: t('account.scopeAdmin') }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section tabIndex={0} className="-mx-2 overflow-x-auto">
      <table className="w-full text-sm">
        <thead className="text-xs text-muted-foreground">
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
            <tr key={key.id} className="border-t">
              <th scope="row" className={`${cell} max-w-56 font-normal`}>
                <span className="block truncate font-medium" title={key.name}>
                  {key.name}
                </span>
                {key.prefix === '' ? null : <code className="text-xs text-muted-foreground">{key.prefix}…</code>}
              </th>
              <td className={cell}>{scopes[key.scope]}</td>
              <td className={`${cell} whitespace-nowrap`}>{dayOf(key.last_used_at, t('account.never'))}</td>
              <td className={`${cell} whitespace-nowrap`}>
                {key.expires_at !== null && new Date(key.expires_at) <= new Date() ? (
                  <Badge tone="bad">{t('account.expired')}</Badge>
                ) : (
                  dayOf(key.expires_at, t('account.never'))
                )}
              </td>
              <td className={`${cell} text-end`}>
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
    </section>
  )
}
