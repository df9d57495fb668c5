import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { CircleUser, LogOut } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeLanguage, type Language, languages } from '../i18n/translate.ts'
import { meQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { useSignOut } from '../server/use-sign-out.ts'
import { Button } from '../ui/Button.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../ui/Menu.tsx'
import { chooseTheme, chosenTheme, type Theme } from './appearance.ts'

export function UserMenu() {
  const { t, i18n } = useTranslation()
  const [theme, setTheme] = useState(chosenTheme)
  const { data: me } = useQuery(meQuery(useQuory()))
  const navigate = useNavigate()
  const signOut = useSignOut()
  return (
    <Menu
      align="start"
      trigger={
        <Button look="quiet" className="w-full justify-start px-2.5 text-foreground">
          <CircleUser />
          <span className="sr-only">{t('shell.account')}: </span>
          <span className="truncate">{me === undefined ? t('shell.account') : me.name || me.email}</span>
        </Button>
      }
    >
      <MenuItem icon={<CircleUser />} onSelect={() => void navigate({ to: '/account' })}>
        {t('shell.account')}
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{t('shell.theme')}</MenuLabel>
      <MenuChoice
        value={theme}
        options={[
          { value: 'system', label: t('shell.themeSystem') },
          { value: 'light', label: t('shell.themeLight') },
          { value: 'dark', label: t('shell.themeDark') },
        ]}
        onChange={(value) => {
          chooseTheme(value as Theme)
          setTheme(value as Theme)
        }}
      />
      <MenuSeparator />
      <MenuLabel>{t('shell.language')}</MenuLabel>
      <MenuChoice
        value={i18n.language}
        options={Object.entries(languages).map(([value, label]) => ({ value, label }))}
        onChange={(value) => void changeLanguage(i18n, value as Language)}
      />
      <MenuSeparator />
      <MenuItem icon={<LogOut className="rtl:-scale-x-100" />} onSelect={() => signOut.mutate({ everywhere: false })}>
        {t('shell.signOut')}
      </MenuItem>
    </Menu>
  )
}
