import { useEffect, useRef } from 'react'

/** Escape stops the answer that is running, unless something that is open wants the key for itself. */
export function useStopKey(stop: (() => void) | undefined): void {
  const latest = useRef(stop)
  useEffect(() => {
    latest.current = stop
  })
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (document.querySelector('[role="dialog"], [role="menu"], [role="listbox"]') !== null) return
      latest.current?.()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}
