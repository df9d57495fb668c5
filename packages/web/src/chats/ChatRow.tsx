import type { Chat } from '@quory/sdk'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { Archive, Ellipsis, NotebookPen, Pencil, Pin, PinOff, Trash2 } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { classNames } from '../ui/class-names.ts'
import { Menu, MenuItem, MenuSeparator } from '../ui/Menu.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { DescribeDialog } from './DescribeDialog.tsx'
import { RenameField } from './RenameField.tsx'
import { useChatActions } from './use-chat-actions.ts'

interface ChatRowProps {
  readonly chat: Chat
  readonly isCurrent: boolean
  readonly onNavigate: () => void
}

export function ChatRow({ chat, isCurrent, onNavigate }: ChatRowProps) {
  const { t } = useTranslation()
  const [mode, setMode] = useState<'shown' | 'renamed' | 'described'>('shown')
  const link = useRef<HTMLAnchorElement>(null)
  const actions = useChatActions()
  const leave = useLeave()
  if (mode === 'renamed') {
    return (
      <RenameField
        name={chat.name}
        onEnd={(name) => {
          setMode('shown')
          if (name !== undefined) void actions.rename(chat, name)
          requestAnimationFrame(() => link.current?.focus())
        }}
      />
    )
  }
  return (
    <div
      className={classNames(
        'group/row flex h-8.5 items-center rounded-md pe-1 hover:bg-sidebar-accent focus-within:bg-sidebar-accent',
        isCurrent && 'bg-sidebar-accent font-medium',
      )}
    >
      <Link
        ref={link}
        to="/p/$projectId/c/$chatId"
        params={{ projectId: chat.project_id, chatId: chat.id }}
        aria-current={isCurrent ? 'page' : undefined}
        title={chat.description ?? undefined}
        onClick={onNavigate}
        onDoubleClick={() => setMode('renamed')}
        onKeyDown={(event) => {
          if (event.key === 'F2') setMode('renamed')
          if (event.key === 'Delete') void actions.trash(chat).then(() => leave(chat))
        }}
        className="flex h-full min-w-0 flex-1 items-center gap-2 rounded-md ps-2.5 text-sm"
      >
        <span dir="auto" className="truncate">
          {chat.name}
        </span>
        {chat.is_running ? (
          <>
            <Spinner className="size-3.5 shrink-0 text-primary" />
            <span className="sr-only">{t('chats.running')}</span>
          </>
        ) : null}
      </Link>
      <Menu
        trigger={
          <Button
            look="quiet"
            size="icon-small"
            aria-label={t('chats.actions', { name: chat.name })}
            className="opacity-0 group-focus-within/row:opacity-100 group-hover/row:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
          >
            <Ellipsis />
          </Button>
        }
      >
        <MenuItem icon={<Pencil />} shortcut="F2" onSelect={() => setMode('renamed')}>
          {t('chats.rename')}
        </MenuItem>
        <MenuItem icon={<NotebookPen />} onSelect={() => setMode('described')}>
          {t('chats.describe')}
        </MenuItem>
        <MenuItem
          icon={chat.pinned_at === null ? <Pin /> : <PinOff />}
          onSelect={() => void actions.pin(chat, chat.pinned_at === null)}
        >
          {t(chat.pinned_at === null ? 'chats.pin' : 'chats.unpin')}
        </MenuItem>
        <MenuItem icon={<Archive />} onSelect={() => void actions.archive(chat, true).then(() => leave(chat))}>
          {t('chats.archive')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} isDestructive onSelect={() => void actions.trash(chat).then(() => leave(chat))}>
          {t('chats.delete')}
        </MenuItem>
      </Menu>
      {mode === 'described' ? (
        <DescribeDialog
          chat={chat}
          onEnd={(description) => {
            setMode('shown')
            if (description !== undefined) void actions.describe(chat, description)
          }}
        />
      ) : null}
    </div>
  )
}

/** Whoever looks at a chat that is put away gets an empty one. */
function useLeave() {
  const navigate = useNavigate()
  const { chatId } = useParams({ strict: false })
  return (chat: Chat) => {
    if (chat.id === chatId) void navigate({ to: '/p/$projectId', params: { projectId: chat.project_id } })
  }
}
