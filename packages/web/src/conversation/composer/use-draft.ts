import { useState } from 'react'

/** What is being typed, kept per chat in this browser until it is sent. */
export function useDraft(projectId: string, chatId: string | undefined): [string, (text: string) => void] {
  const key = `quory.draft.${projectId}.${chatId ?? 'new'}`
  const [draft, setDraft] = useState(() => ({ key, text: localStorage.getItem(key) ?? '' }))
  const text = draft.key === key ? draft.text : (localStorage.getItem(key) ?? '')
  return [
    text,
    (changed) => {
      setDraft({ key, text: changed })
      try {
        if (changed === '') localStorage.removeItem(key)
        else localStorage.setItem(key, changed)
      } catch {
        // Storage is full or forbidden: the draft is still on the page.
      }
    },
  ]
}
