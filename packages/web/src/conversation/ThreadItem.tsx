import { type ReactNode, useEffect, useState } from 'react'

interface ThreadItemProps {
  readonly id: string
  readonly role: string
  /** It is what the address names. */
  readonly isShown: boolean
  readonly isLive: boolean
  readonly children: ReactNode
}

/**
 * A message's place in the list. What is far from the view is not laid out, yet found by a search of the page and read
 * by a screen reader. Each was laid out once first, so that the browser knows its height and nothing jumps when it is
 * scrolled to.
 */
export function ThreadItem({ id, role, isShown, isLive, children }: ThreadItemProps) {
  const [isMeasured, setIsMeasured] = useState(false)
  useEffect(() => {
    // In the frame after the one in which the browser took down its size.
    let frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => setIsMeasured(true))
    })
    return () => cancelAnimationFrame(frame)
  }, [])
  const look = 'rounded-lg outline-none scroll-mt-16 focus-visible:outline-2 [contain-intrinsic-block-size:auto_12rem]'
  const rest = !isLive && isMeasured ? ' [content-visibility:auto]' : ''
  return (
    <li
      id={`message-${id}`}
      data-role={role}
      className={look + rest + (isShown ? ' -mx-3 bg-highlight/40 px-3 py-2' : '')}
      tabIndex={-1}
    >
      {children}
    </li>
  )
}
