import { type CSSProperties, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Toaster, toast } from 'sonner'
import { type Notice, showNotices } from './notify.ts'

const shownAs = { news: toast, success: toast.success, problem: toast.error } as const

/** As the page looks, in the theme that was chosen for it. */
const look = {
  fontFamily: 'inherit',
  '--normal-bg': 'var(--popover)',
  '--normal-text': 'var(--popover-foreground)',
  '--normal-border': 'var(--border)',
} as CSSProperties

/** Fetched when there is something to say. */
export function NoticeList() {
  const { t, i18n } = useTranslation()
  const dir = i18n.dir()
  // The list above listens by then.
  useEffect(() => showNotices(({ type, words, options }: Notice) => void shownAs[type](words, options)), [])
  return (
    <Toaster
      position={dir === 'rtl' ? 'bottom-left' : 'bottom-right'}
      dir={dir}
      style={look}
      closeButton
      containerAriaLabel={t('shell.notices')}
    />
  )
}
