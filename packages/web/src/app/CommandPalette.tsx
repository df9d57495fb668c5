import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { CircleUser, Database, Keyboard, Settings, SquarePen } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FoundChats } from '../chats/FoundChats.tsx'
import { useCurrentProject } from './remembered-project.ts'

interface CommandPaletteProps {
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly onShowShortcuts: () => void
}

const itemLook =
  'flex cursor-default items-center gap-3 rounded-md px-3 py-2 text-sm select-none data-[selected=true]:bg-accent data-[selected=true]:text-accent-foreground [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-muted-foreground'

/** Everything there is to go to or do, by typing: commands, chats by name, messages by their words. */
export function CommandPalette({ isOpen, onOpenChange, onShowShortcuts }: CommandPaletteProps) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const projectId = useCurrentProject()
  const [words, setWords] = useState('')
  const close = () => {
    setWords('')
    onOpenChange(false)
  }
  const command = (icon: ReactNode, name: string, run: () => void) => (
    <Command.Item
      key={name}
      value={name}
      className={itemLook}
      onSelect={() => {
        close()
        run()
      }}
    >
      {icon}
      {name}
    </Command.Item>
  )
  const isWanted = (name: string) => name.toLocaleLowerCase().includes(words.trim().toLocaleLowerCase())
  const commands: readonly (readonly [ReactNode, string, () => void])[] = [
    ...(projectId === undefined
      ? []
      : ([
          [
            <SquarePen key="new" />,
            t('shell.newChat'),
            () => void navigate({ to: '/p/$projectId', params: { projectId } }),
          ],
          [
            <Database key="data" />,
            t('shell.data'),
            () => void navigate({ to: '/p/$projectId/data', params: { projectId } }),
          ],
          [
            <Settings key="settings" />,
            t('shell.projectSettings'),
            () => void navigate({ to: '/p/$projectId/settings', params: { projectId } }),
          ],
        ] as const)),
    [<CircleUser key="account" />, t('shell.account'), () => void navigate({ to: '/account' })],
    [<Keyboard key="keys" />, t('shell.shortcuts'), onShowShortcuts],
  ]
  const shown = commands.filter(([, name]) => isWanted(name))
  return (
    <Dialog.Root open={isOpen} onOpenChange={(next) => (next ? onOpenChange(true) : close())}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed start-1/2 top-[12dvh] z-50 flex max-h-[70dvh] w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border bg-popover text-popover-foreground shadow-2xl rtl:translate-x-1/2"
        >
          <Dialog.Title className="sr-only">{t('chats.search.title')}</Dialog.Title>
          <Command shouldFilter={false} label={t('chats.search.title')} className="flex min-h-0 flex-col">
            <Command.Input
              value={words}
              onValueChange={setWords}
              placeholder={t('chats.search.placeholder')}
              className="h-12 border-b bg-transparent px-4 text-base outline-none placeholder:text-muted-foreground"
            />
            <Command.List className="min-h-0 overflow-y-auto p-2 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted-foreground">
              {shown.length === 0 ? null : (
                <Command.Group heading={t('chats.search.commands')}>
                  {shown.map((each) => command(...each))}
                </Command.Group>
              )}
              {projectId === undefined ? null : (
                <FoundChats projectId={projectId} words={words} itemLook={itemLook} onOpen={close} />
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
