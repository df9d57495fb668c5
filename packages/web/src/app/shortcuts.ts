import { useEffect, useRef } from 'react'

/** What keys do everywhere. Those of the conversation stand here for the sheet; the conversation itself listens for them. */
export const shortcuts = {
  palette: 'Mod+K',
  newChat: 'Mod+Shift+O',
  sidebar: 'Mod+Shift+S',
  sheet: '?',
  stop: 'Esc',
  send: 'Enter',
  newLine: 'Shift+Enter',
  editLast: '↑',
  rename: 'F2',
} as const

export type GlobalShortcut = 'palette' | 'newChat' | 'sidebar' | 'sheet'

/** Calls what belongs to the keys that are pressed; keys without a modifier do nothing while somebody types. */
export function useShortcuts(actions: Readonly<Record<GlobalShortcut, () => void>>): void {
  const current = useRef(actions)
  useEffect(() => {
    current.current = actions
  })
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const name = shortcutOf(event)
      if (name === undefined) return
      event.preventDefault()
      current.current[name]()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
}

function shortcutOf(event: KeyboardEvent): GlobalShortcut | undefined {
  const isModified = event.metaKey || event.ctrlKey
  const key = event.key.toLowerCase()
  if (isModified && !event.shiftKey && key === 'k') return 'palette'
  if (isModified && event.shiftKey && key === 'o') return 'newChat'
  if (isModified && event.shiftKey && key === 's') return 'sidebar'
  if (!isModified && event.key === '?' && !isTyping(event.target)) return 'sheet'
  return undefined
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))
}
