import { Outlet, useNavigate } from '@tanstack/react-router'
import { PanelLeft } from 'lucide-react'
import { lazy, Suspense, useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { DropZone } from '../data/DropZone.tsx'
import { UploadProvider } from '../data/UploadProvider.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { hasNotices, watchNotices } from '../ui/notify.ts'
import { CommandPalette } from './CommandPalette.tsx'
import { OfflineNotice } from './OfflineNotice.tsx'
import { useCurrentProject } from './remembered-project.ts'
import { ShortcutSheet } from './ShortcutSheet.tsx'
import { Sidebar } from './Sidebar.tsx'
import { shortcuts, useShortcuts } from './shortcuts.ts'
import { useFeed } from './use-feed.ts'

const NoticeList = lazy(async () => ({ default: (await import('../ui/NoticeList.tsx')).NoticeList }))

const narrowScreen = matchMedia('(width < 48rem)')

/** The frame of every view of a signed-in user: the sidebar beside it on a wide screen, over it on a phone. */
export function Shell() {
  return (
    <UploadProvider>
      <DropZone>
        <Frame />
      </DropZone>
    </UploadProvider>
  )
}

function Frame() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const projectId = useCurrentProject()
  const isNarrow = useSyncExternalStore(watchScreen, () => narrowScreen.matches)
  const isTelling = useSyncExternalStore(watchNotices, hasNotices)
  const [isOpen, setIsOpen] = useState(!narrowScreen.matches)
  // Beside the view it is open; over it, it would hide what somebody looks at who only turned their tablet.
  const [wasNarrow, setWasNarrow] = useState(isNarrow)
  if (wasNarrow !== isNarrow) {
    setWasNarrow(isNarrow)
    setIsOpen(!isNarrow)
  }
  const [shown, setShown] = useState<'palette' | 'sheet' | undefined>()
  useFeed()
  useShortcuts({
    palette: () => setShown(shown === 'palette' ? undefined : 'palette'),
    sheet: () => setShown('sheet'),
    sidebar: () => setIsOpen(!isOpen),
    newChat: () => {
      if (projectId !== undefined) void navigate({ to: '/p/$projectId', params: { projectId } })
    },
  })
  const closeOnPhone = () => {
    if (isNarrow) setIsOpen(false)
  }
  return (
    <div className="flex h-dvh overflow-hidden">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-popover px-3 py-2 focus:not-sr-only focus:fixed focus:start-2 focus:top-2"
      >
        {t('shell.skipToContent')}
      </a>
      {isOpen ? (
        <Sidebar
          isNarrow={isNarrow}
          onClose={() => setIsOpen(false)}
          onNavigate={closeOnPhone}
          onSearch={() => {
            closeOnPhone()
            setShown('palette')
          }}
        />
      ) : null}
      <div className="flex min-w-0 flex-1 flex-col" data-sidebar={isOpen && !isNarrow ? 'open' : 'closed'}>
        <OfflineNotice />
        <div className="relative flex min-h-0 flex-1 flex-col">
          {isOpen ? null : (
            <IconButton
              label={t('shell.openSidebar')}
              shortcut={shortcuts.sidebar}
              // The view may scroll below it.
              className="absolute start-2 top-2 z-20 bg-background/85 backdrop-blur-sm"
              onClick={() => setIsOpen(true)}
            >
              <PanelLeft className="rtl:-scale-x-100" />
            </IconButton>
          )}
          <main id="content" tabIndex={-1} className="flex min-h-0 flex-1 flex-col outline-none">
            <Outlet />
          </main>
        </div>
      </div>
      <CommandPalette
        isOpen={shown === 'palette'}
        onOpenChange={(open) => setShown(open ? 'palette' : undefined)}
        onShowShortcuts={() => setShown('sheet')}
      />
      <ShortcutSheet isOpen={shown === 'sheet'} onOpenChange={(open) => setShown(open ? 'sheet' : undefined)} />
      {isTelling ? (
        <Suspense>
          <NoticeList />
        </Suspense>
      ) : null}
    </div>
  )
}

function watchScreen(onChange: () => void): () => void {
  narrowScreen.addEventListener('change', onChange)
  return () => narrowScreen.removeEventListener('change', onChange)
}
