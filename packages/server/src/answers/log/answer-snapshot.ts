import type { AnswerEvent, AnswerSnapshot, SnapshotToolCall } from './answer-event.ts'

/** Nothing yet: what an answer that waits to be made looks like. */
export const emptySnapshot: AnswerSnapshot = {
  type: 'answer-snapshot',
  attempt: 1,
  model: null,
  text: '',
  reasoning: '',
  toolCalls: [],
  citations: [],
}

/** What a reader holds who was shown `events` after `snapshot`; of earlier attempts nothing is left. */
export function foldEvents(snapshot: AnswerSnapshot, events: Iterable<AnswerEvent>): AnswerSnapshot {
  let { attempt, model } = snapshot
  const text = [snapshot.text]
  const reasoning = [snapshot.reasoning ?? '']
  const toolCalls: SnapshotToolCall[] = [...(snapshot.toolCalls ?? [])]
  const citations = [...snapshot.citations]
  for (const event of events) {
    switch (event.type) {
      case 'answer-start':
        attempt = event.attempt
        model = event.model
        break
      case 'answer-restart':
        attempt = event.attempt
        model = null
        for (const part of [text, reasoning, toolCalls, citations]) part.length = 0
        break
      case 'text-delta':
        text.push(event.text)
        break
      case 'reasoning-delta':
        reasoning.push(event.text)
        break
      case 'tool-call': {
        const { id, name, input } = event
        toolCalls.push({ id, name, input, result: null })
        break
      }
      case 'tool-result': {
        const { id, output, error } = event
        const called = toolCalls.findLastIndex((call) => call.id === id)
        const call = toolCalls[called]
        if (call !== undefined) toolCalls[called] = { ...call, result: { output, error } }
        break
      }
      case 'citation':
        citations.push(event.citation)
        break
      case 'answer-end':
        break
    }
  }
  return {
    type: 'answer-snapshot',
    attempt,
    model,
    text: text.join(''),
    reasoning: reasoning.join(''),
    toolCalls,
    citations,
  }
}
