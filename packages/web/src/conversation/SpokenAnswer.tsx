import type { LiveAnswerReader } from './live-answer.ts'
import { useSpokenAnswer } from './use-spoken-answer.ts'

/** For screen readers: they hear the answer sentence by sentence. */
export function SpokenAnswer({ reader }: { readonly reader: LiveAnswerReader | undefined }) {
  const spoken = useSpokenAnswer(reader)
  return (
    <div role="status" aria-live="polite" aria-atomic="true" className="sr-only">
      {spoken}
    </div>
  )
}
