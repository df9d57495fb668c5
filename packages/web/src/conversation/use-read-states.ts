import type { AnswerState } from '@quory/sdk'
import { useEffect, useState } from 'react'
import type { LiveAnswerReader } from './live-answer.ts'

/** How the answers that were read here came to their end, with the thoughts and tools on the way. */
export function useReadStates(reader: LiveAnswerReader | undefined): ReadonlyMap<string, AnswerState> {
  const [states, setStates] = useState<ReadonlyMap<string, AnswerState>>(() => new Map())
  useEffect(() => {
    if (reader === undefined) return
    return () => {
      const { messageId, state } = reader.read()
      if (state.thinking === '' && state.toolCalls.length === 0) return
      setStates((known) => new Map(known).set(messageId, state))
    }
  }, [reader])
  return states
}
