import { Link } from '@tanstack/react-router'
import { Archive, Database, PanelLeft, Search, Settings, SquarePen, Trash2 } from 'lucide-react'
import { Dialog } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ChatList } from '../chats/ChatList.tsx'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Shortcut } from '../ui/Shortcut.tsx'
import { ProjectSwitcher } from './ProjectSwitcher.tsx'
import { useCurrentProject } from './remembered-project.ts'
import { shortcuts } from './shortcuts.ts'
import { UserMenu } from './UserMenu.tsx'

interface SidebarProps {
  /** It then lies over the page and takes the focus. */
  readonly isNarrow: boolean
  readonly onClose: () => void
  readonly onNavigate: () => void
  readonly onSearch: () => void
}

export function Sidebar({ isNarrow, onClose, onNavigate, onSearch }: SidebarProps) {
  const { t } = useTranslation()
  if (!isNarrow) {
    return (
      <nav
        aria-label={t('shell.chats')}
        className="flex w-72 shrink-0 flex-col border-e bg-sidebar text-sidebar-foreground"
      >
        <SidebarContent onClose={onClose} onNavigate={onNavigate} onSearch={onSearch} />
      </nav>
    )
  }
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-30 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 start-0 z-40 flex w-[min(20rem,86vw)] flex-col bg-sidebar text-sidebar-foreground shadow-xl"
        >
          <Dialog.Title className="sr-only">{t('shell.chats')}</Dialog.Title>
          <nav aria-label={t('shell.chats')} className="flex min-h-0 flex-1 flex-col">
            <SidebarContent onClose={onClose} onNavigate={onNavigate} onSearch={onSearch} />
          </nav>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function SidebarContent({ onClose, onNavigate, onSearch }: Omit<SidebarProps, 'isNarrow'>) {
  const { t } = useTranslation()
  const projectId = useCurrentProject()
  return (
    <>
      <div className="flex items-center gap-1 p-2">
        <ProjectSwitcher projectId={projectId} onNavigate={onNavigate} />
        <IconButton label={t('shell.closeSidebar')} onClick={onClose}>
          <PanelLeft className="rtl:-scale-x-100" />
        </IconButton>
      </div>
      {projectId === undefined ? (
        <div className="flex-1" />
      ) : (
        <>
          <div className="grid gap-0.5 px-2 pb-2">
            <Button asChild look="secondary" className="mb-1 w-full justify-start">
              <Link to="/p/$projectId" params={{ projectId }} onClick={onNavigate}>
                <SquarePen />
                {t('shell.newChat')}
              </Link>
            </Button>
            <button
              type="button"
              onClick={onSearch}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-start text-sm hover:bg-sidebar-accent [&_svg]:size-4 [&_svg]:text-muted-foreground"
            >
              <Search />
              <span className="flex-1">{t('shell.search')}</span>
              <Shortcut keys={shortcuts.palette} />
            </button>
            <SidebarLink to="/p/$projectId/data" projectId={projectId} icon={<Database />} onNavigate={onNavigate}>
              {t('shell.data')}
            </SidebarLink>
          </div>
          <ChatList projectId={projectId} onNavigate={onNavigate} />
          <div className="grid gap-0.5 border-t p-2">
            <SidebarLink
              to="/p/$projectId/chats/$state"
              state="archived"
              projectId={projectId}
              icon={<Archive />}
              onNavigate={onNavigate}
            >
              {t('shell.archive')}
            </SidebarLink>
            <SidebarLink
              to="/p/$projectId/chats/$state"
              state="trash"
              projectId={projectId}
              icon={<Trash2 />}
              onNavigate={onNavigate}
            >
              {t('shell.trash')}
            </SidebarLink>
            <SidebarLink to="/p/$projectId/settings" projectId={projectId} icon={<Settings />} onNavigate={onNavigate}>
              {t('shell.projectSettings')}
            </SidebarLink>
          </div>
        </>
      )}
      <div className="border-t p-2">
        <UserMenu />
      </div>
    </>
  )
}

interface SidebarLinkProps {
  readonly to: '/p/$projectId/data' | '/p/$projectId/settings' | '/p/$projectId/chats/$state'
  readonly projectId: string
  readonly state?: 'trash' | 'archived'
  readonly icon: ReactNode
  readonly onNavigate: () => void
  readonly children: ReactNode
}

function SidebarLink({ to, projectId, state = 'archived', icon, onNavigate, children }: SidebarLinkProps) {
  return (
    <Link
      to={to}
      params={{ projectId, state }}
      onClick={onNavigate}
      className="flex h-8 items-center gap-2.5 rounded-md px-2.5 text-sm hover:bg-sidebar-accent data-[status=active]:bg-sidebar-accent data-[status=active]:font-medium [&_svg]:size-4 [&_svg]:text-muted-foreground"
    >
      {icon}
      {children}
    </Link>
  )
}
