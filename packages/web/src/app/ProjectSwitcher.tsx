import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { ChevronsUpDown, Plus } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../server/me-query.ts'
import { useQuory } from '../server/quory-context.ts'
import { Button } from '../ui/Button.tsx'
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuSeparator } from '../ui/Menu.tsx'
import { NewProjectDialog } from './NewProjectDialog.tsx'
import { rememberProject } from './remembered-project.ts'

export function ProjectSwitcher(props: { readonly projectId: string | undefined; readonly onNavigate: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { data: me } = useQuery(meQuery(useQuory()))
  const projects = me?.projects ?? []
  const [isMaking, setIsMaking] = useState(false)
  const current = projects.find(({ id }) => id === props.projectId)
  useEffect(() => {
    if (props.projectId !== undefined) rememberProject(props.projectId)
  }, [props.projectId])
  return (
    <>
      <Menu
        align="start"
        trigger={
          <Button
            look="quiet"
            aria-label={t('shell.switchProject')}
            className="min-w-0 flex-1 justify-between px-2.5 text-foreground"
          >
            <span dir="auto" className="truncate font-semibold">
              {current?.name ?? 'Quory'}
            </span>
            <ChevronsUpDown />
          </Button>
        }
      >
        <MenuLabel>{t('shell.switchProject')}</MenuLabel>
        <MenuChoice
          value={props.projectId ?? ''}
          options={projects.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(projectId) => {
            props.onNavigate()
            void navigate({ to: '/p/$projectId', params: { projectId } })
          }}
        />
        <MenuSeparator />
        <MenuItem icon={<Plus />} onSelect={() => setIsMaking(true)}>
          {t('shell.newProject')}
        </MenuItem>
      </Menu>
      {isMaking ? <NewProjectDialog onClose={() => setIsMaking(false)} /> : null}
    </>
  )
}
