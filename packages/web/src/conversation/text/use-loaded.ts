import { useEffect, useState } from 'react'

const loaded = new Map<() => Promise<unknown>, unknown>()

/** What `load` brings, once it is there; it is not asked for before it is `needed`, and only once for the whole page. */
export function useLoaded<T>(load: () => Promise<T>, isNeeded: boolean): T | undefined {
  const [value, setValue] = useState<{ readonly it: T } | undefined>(() =>
    loaded.has(load) ? { it: loaded.get(load) as T } : undefined,
  )
  const isMissing = isNeeded && value === undefined
  useEffect(() => {
    if (!isMissing) return
    let isGone = false
    load().then(
      (it) => {
        loaded.set(load, it)
        if (!isGone) setValue({ it })
      },
      // Without it the text is shown as it was written.
      () => undefined,
    )
    return () => {
      isGone = true
    }
  }, [load, isMissing])
  return value?.it
}
