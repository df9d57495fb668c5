import { Outlet } from '@tanstack/react-router'
import { PanelLeft } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/IconButton.tsx'
import { OfflineNotice } from './OfflineNotice.tsx'
import { Sidebar } from './Sidebar.tsx'

/** The frame of every view of a signed-in user: the sidebar beside it on a wide screen, over it on a phone. */
export function Shell() {
  const { t } = useTranslation()
  const [isOpen, setIsOpen] = useState(() => innerWidth >= 768)
  const [isNarrow, setIsNarrow] = useState(() => innerWidth < 768)
  const closeOnPhone = () => {
    if (isNarrow) setIsOpen(false)
  }
  return (
    <div
      className="flex h-dvh overflow-hidden"
      ref={(element) => {
        if (element === null) return
        const observer = new ResizeObserver(() => setIsNarrow(innerWidth < 768))
        observer.observe(element)
        return () => observer.disconnect()
      }}
    >
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-popover px-3 py-2 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t('shell.skipToContent')}
      </a>
      {isOpen ? <Sidebar isNarrow={isNarrow} onClose={() => setIsOpen(false)} onNavigate={closeOnPhone} /> : null}
      <div className="relative flex min-w-0 flex-1 flex-col">
        {isOpen ? null : (
          <IconButton
            label={t('shell.openSidebar')}
            className="absolute start-2 top-2 z-20"
            onClick={() => setIsOpen(true)}
          >
            <PanelLeft className="rtl:-scale-x-100" />
          </IconButton>
        )}
        <OfflineNotice />
        <main
          id="content"
          tabIndex={-1}
          className="flex min-h-0 flex-1 flex-col outline-none"
          data-sidebar={isOpen ? 'open' : 'closed'}
        >
          <Outlet />
        </main>
      </div>
    </div>
  )
}
