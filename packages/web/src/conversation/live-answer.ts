import {
  type AnswerEvent,
  type AnswerState,
  answerStateOf,
  type Message,
  type Quory,
  readAnswer,
  reduceAnswer,
} from '@quory/sdk'
import type { ChatRef } from '../server/messages-query.ts'

/** An answer that is being made, as it is shown. */
export interface LiveAnswer {
  readonly messageId: string
  readonly state: AnswerState
  readonly connection: 'connecting' | 'connected' | 'lost'
}

export interface LiveAnswerReader {
  read(): LiveAnswer
  subscribe(onChange: () => void): () => void
  stop(): void
}

interface LiveAnswerOptions {
  readonly quory: Quory
  readonly chat: ChatRef
  readonly message: Message
  /** Once the answer has come to its end, or cannot be read any further. */
  readonly onEnd: () => void
}

/** Of each frame's time, showing the text may take this part; the rest is for who types, scrolls and clicks. */
const shareOfTime = 0.2
const longestPauseMs = 500
const hiddenPauseMs = 1_000

/**
 * Reads an answer to its end and tells of it at most once per frame, and less often where showing it takes long.
 * Whatever is lost on the way is read again by the SDK.
 */
export function readLiveAnswer({ quory, chat, message, onEnd }: LiveAnswerOptions): LiveAnswerReader {
  const stopping = new AbortController()
  const listeners = new Set<() => void>()
  const stored = answerStateOf(message)
  let state = stored
  let shown: LiveAnswer = { messageId: message.id, state, connection: 'connecting' }
  let connection: LiveAnswer['connection'] = 'connecting'
  const frames = everyFrame(() => {
    shown = { messageId: message.id, state: asShown(state, stored), connection }
    for (const listener of listeners) listener()
  })
  const take = (event: AnswerEvent) => {
    state = reduceAnswer(state, event)
    frames.ask()
  }
  const run = async () => {
    const onConnection = (now: 'connected' | 'lost') => {
      connection = now
      frames.ask()
    }
    const options = { ...chat, messageId: message.id, signal: stopping.signal, onConnection }
    for await (const event of readAnswer(quory, options)) take(event)
  }
  const end = () => {
    if (stopping.signal.aborted) return
    // Whoever looks at it from now on sees all of it.
    frames.now()
    onEnd()
  }
  run().then(end, end)
  return {
    read: () => shown,
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => {
      stopping.abort()
      frames.stop()
    },
  }
}

/** An answer is read from its beginning; until that catches up with what was stored, the stored text stands. */
function asShown(state: AnswerState, stored: AnswerState): AnswerState {
  const isCatchingUp = state.text.length < stored.text.length && stored.text.startsWith(state.text)
  return isCatchingUp && state.attempt <= 1 ? { ...state, text: stored.text } : state
}

/** Calls `show` in the next frame that is free for it, however often it is asked to. */
function everyFrame(show: () => void): { ask(): void; now(): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  let frame: number | undefined
  let freeAt = 0
  let isAsked = false
  const run = () => {
    const start = performance.now()
    isAsked = false
    show()
    // React renders right after; the next task sees how long that took.
    setTimeout(() => {
      const tookMs = performance.now() - start
      freeAt = start + Math.min(tookMs / shareOfTime, longestPauseMs)
    })
  }
  return {
    ask() {
      if (isAsked) return
      isAsked = true
      // Frames stand still in a hidden page, whose title and sounds go on.
      if (document.hidden) timer = setTimeout(run, hiddenPauseMs)
      else timer = setTimeout(() => (frame = requestAnimationFrame(run)), Math.max(0, freeAt - performance.now()))
    },
    now() {
      show()
    },
    stop() {
      clearTimeout(timer)
      if (frame !== undefined) cancelAnimationFrame(frame)
    },
  }
}
