import { useEffect, useState } from 'react'

const quietMs = 400

/** Whether the text is known to be whole, or has not grown for a while. */
export function useIsSettled(text: string, isWhole: boolean): boolean {
  const [quietText, setQuietText] = useState<string>()
  useEffect(() => {
    if (isWhole) return
    const timer = setTimeout(() => setQuietText(text), quietMs)
    return () => clearTimeout(timer)
  }, [text, isWhole])
  return isWhole || quietText === text
}
