import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useEffect, useState, useSyncExternalStore } from 'react'
import { useQuory } from '../server/quory-context.ts'
import { type Upload, UploadList } from './upload-list.ts'

const UploadContext = createContext<UploadList | undefined>(undefined)

export function UploadProvider({ children }: { readonly children: ReactNode }) {
  const quory = useQuory()
  const queryClient = useQueryClient()
  const [uploads] = useState(
    () =>
      new UploadList({
        quory,
        onArrived: ({ project_id: projectId }) =>
          void queryClient.invalidateQueries({ queryKey: ['sources', projectId] }),
      }),
  )
  useEffect(() => {
    // Leaving now would cut files off that are half sent.
    const warn = (event: BeforeUnloadEvent) => {
      if (uploads.read().some(({ state }) => state.type === 'sending')) event.preventDefault()
    }
    addEventListener('beforeunload', warn)
    return () => removeEventListener('beforeunload', warn)
  }, [uploads])
  return <UploadContext.Provider value={uploads}>{children}</UploadContext.Provider>
}

export function useUploadList(): UploadList {
  const uploads = useContext(UploadContext)
  if (uploads === undefined) throw new Error('Not within an UploadProvider')
  return uploads
}

export function useUploads(projectId: string): readonly Upload[] {
  const list = useUploadList()
  return useSyncExternalStore(list.subscribe, list.read).filter((upload) => upload.projectId === projectId)
}
