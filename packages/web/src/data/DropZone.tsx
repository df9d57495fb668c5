import { useParams } from '@tanstack/react-router'
import { FileUp } from 'lucide-react'
import { type ReactNode, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { notify } from '../ui/notify.ts'
import { useUploadList } from './UploadProvider.tsx'
import { useMayEdit } from './use-may-edit.ts'

/** Files may be dropped or pasted anywhere: they go to the project that is open. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const { t } = useTranslation()
  const { projectId } = useParams({ strict: false })
  const uploads = useUploadList()
  const mayEdit = useMayEdit(projectId)
  const [isOver, setIsOver] = useState(false)
  useEffect(() => {
    if (projectId === undefined) return
    let depth = 0
    const take = (files: readonly File[]) => {
      if (files.length === 0) return
      if (mayEdit === false) return notify('problem', t('data.viewerText'))
      uploads.add(projectId, files)
      notify('news', t('data.taken', { count: files.length }))
    }
    const listeners: { readonly [K in 'dragenter' | 'dragleave' | 'dragover' | 'drop']: (event: DragEvent) => void } = {
      dragenter: (event) => {
        if (!holdsFiles(event)) return
        depth += 1
        setIsOver(true)
      },
      dragleave: (event) => {
        if (!holdsFiles(event)) return
        depth -= 1
        if (depth <= 0) setIsOver(false)
      },
      dragover: (event) => {
        if (holdsFiles(event)) event.preventDefault()
      },
      drop: (event) => {
        depth = 0
        setIsOver(false)
        if (!holdsFiles(event)) return
        event.preventDefault()
        take([...(event.dataTransfer?.files ?? [])])
      },
    }
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length > 0) event.preventDefault()
      take(files)
    }
    const names = Object.keys(listeners) as (keyof typeof listeners)[]
    for (const name of names) addEventListener(name, listeners[name])
    addEventListener('paste', paste)
    return () => {
      for (const name of names) removeEventListener(name, listeners[name])
      removeEventListener('paste', paste)
    }
  }, [projectId, mayEdit, uploads, t])
  return (
    <>
      {children}
      {isOver ? (
        <div className="pointer-events-none fixed inset-3 z-50 grid place-items-center rounded-2xl border-2 border-dashed border-primary bg-background/85">
          <p className="flex items-center gap-3 text-lg font-medium">
            <FileUp aria-hidden className="size-6" />
            {t('data.dropHere')}
          </p>
        </div>
      ) : null}
    </>
  )
}

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') === true
}
