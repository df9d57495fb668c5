import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'

interface OlderMessages {
  readonly scroller: HTMLElement | null
  /** Stands before the first message. */
  readonly top: RefObject<HTMLElement | null>
  readonly firstId: string | undefined
  readonly hasOlder: boolean
  readonly isLoading: boolean
  readonly load: () => void
}

const aheadPixels = 1_500

/** Loads older messages before the reader comes to them, and keeps what is being read where it is. */
export function useOlderMessages({ scroller, top, firstId, hasOlder, isLoading, load }: OlderMessages): void {
  const shownFirst = useRef(firstId)
  const fromEnd = useRef<number>(undefined)
  // The page is still as it was before what is rendered here: the last moment to see where the reader is.
  if (shownFirst.current !== firstId && scroller !== null && shownFirst.current !== undefined)
    fromEnd.current = scroller.scrollHeight - scroller.scrollTop
  useLayoutEffect(() => {
    shownFirst.current = firstId
    if (fromEnd.current === undefined || scroller === null) return
    scroller.scrollTop = scroller.scrollHeight - fromEnd.current
    fromEnd.current = undefined
  }, [scroller, firstId])
  // biome-ignore lint/correctness/useExhaustiveDependencies: after each page it is seen anew whether more is needed
  useEffect(() => {
    if (scroller === null || top.current === null || !hasOlder || isLoading) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) load()
      },
      { root: scroller, rootMargin: `${aheadPixels}px 0px 0px 0px` },
    )
    observer.observe(top.current)
    return () => observer.disconnect()
  }, [scroller, top, firstId, hasOlder, isLoading, load])
}
