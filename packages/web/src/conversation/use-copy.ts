import { useEffect, useState } from 'react'

const shownMs = 2_000

/** Copies to the clipboard, and says for a moment that it did. */
export function useCopy(): { readonly isCopied: boolean; readonly copy: (text: string) => void } {
  const [copies, setCopies] = useState(0)
  useEffect(() => {
    if (copies === 0) return
    const timer = setTimeout(() => setCopies(0), shownMs)
    return () => clearTimeout(timer)
  }, [copies])
  return {
    isCopied: copies > 0,
    copy: (text) => {
      write(text).then(
        () => setCopies((count) => count + 1),
        () => undefined,
      )
    },
  }
}

/** Plain http on an address other than localhost has no clipboard API. */
async function write(text: string): Promise<void> {
  if ('clipboard' in navigator) return await navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}
