import { useTranslation } from 'react-i18next'
import { Dialog } from '../ui/Dialog.tsx'
import { Shortcut } from '../ui/Shortcut.tsx'
import { shortcuts } from './shortcuts.ts'

export function ShortcutSheet(props: { readonly isOpen: boolean; readonly onOpenChange: (isOpen: boolean) => void }) {
  const { t } = useTranslation()
  const names = Object.keys(shortcuts) as (keyof typeof shortcuts)[]
  return (
    <Dialog title={t('shell.shortcuts')} {...props}>
      <dl className="grid grid-cols-[1fr_auto] gap-x-6 gap-y-2.5 text-sm">
        {names.map((name) => (
          <div key={name} className="contents">
            <dt>{t(`shell.keys.${name}`)}</dt>
            <dd className="text-end">
              <Shortcut keys={shortcuts[name]} />
            </dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}
