import { useEffect, useState } from 'react'
import { finishedSentences } from './finished-sentences.ts'
import type { LiveAnswerReader } from './live-answer.ts'

const everyMs = 2_000
/** Of an answer that was asked for just now, in characters. */
const longestBeginning = 400

/** What a screen reader is to say next of the running answer: whole sentences, at most every two seconds. */
export function useSpokenAnswer(reader: LiveAnswerReader | undefined): string {
  const [spoken, setSpoken] = useState('')
  useEffect(() => {
    if (reader === undefined) return
    const { length } = reader.read().state.text
    // What was there when the reader came is history, not news; a beginning is not yet.
    let saidUntil = length > longestBeginning ? length : 0
    const say = (isEnded: boolean) => {
      const { text } = reader.read().state
      // Made again from its beginning.
      if (text.length < saidUntil) saidUntil = 0
      const { sentences, until } = finishedSentences(text, { from: saidUntil, isEnded })
      saidUntil = until
      if (sentences !== '') setSpoken(sentences)
    }
    const timer = setInterval(() => say(false), everyMs)
    return () => {
      clearInterval(timer)
      say(true)
    }
  }, [reader])
  return spoken
}
