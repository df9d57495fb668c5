import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const nearPixels = 60

/** Keeps the end in sight while the reader is there, and lets go as soon as they scroll up. */
export function useStickToBottom(scroller: HTMLElement | null, content: HTMLElement | null, startsThere: boolean) {
  const isStuck = useRef(startsThere)
  const [isAtBottom, setIsAtBottom] = useState(startsThere)
  const toBottom = useCallback(() => {
    isStuck.current = true
    setIsAtBottom(true)
    if (scroller !== null) scroller.scrollTop = scroller.scrollHeight
  }, [scroller])
  useLayoutEffect(() => {
    if (isStuck.current && scroller !== null) scroller.scrollTop = scroller.scrollHeight
  }, [scroller])
  useEffect(() => {
    if (scroller === null || content === null) return
    let lastTop = scroller.scrollTop
    const onScroll = () => {
      const { scrollTop, scrollHeight, clientHeight } = scroller
      const isNear = scrollHeight - scrollTop - clientHeight < nearPixels
      // Text that grows takes the end away without anybody having scrolled.
      if (isNear) isStuck.current = true
      else if (scrollTop < lastTop - 1) isStuck.current = false
      lastTop = scrollTop
      setIsAtBottom(isStuck.current || isNear)
    }
    const observer = new ResizeObserver(() => {
      if (isStuck.current) scroller.scrollTop = scroller.scrollHeight
      lastTop = scroller.scrollTop
    })
    observer.observe(content)
    observer.observe(scroller)
    scroller.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      observer.disconnect()
      scroller.removeEventListener('scroll', onScroll)
    }
  }, [scroller, content])
  const letGo = useCallback(() => {
    isStuck.current = false
    setIsAtBottom(false)
  }, [])
  return { isAtBottom, toBottom, letGo }
}
