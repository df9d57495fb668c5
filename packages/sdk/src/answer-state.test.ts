import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { AnswerEvent } from './answer-event.ts'
import { type AnswerState, answerStateOf, reduceAnswer } from './answer-state.ts'
import type { Message } from './schema.ts'

const asked: Message = {
  id: 'm',
  chat_id: 'c',
  project_id: 'p',
  role: 'assistant',
  content: '',
  status: 'queued',
  metadata: {},
  created_at: '2026-11-25T00:00:00.000Z',
  completed_at: null,
  parent_id: 'q',
  answer_id: 'a',
  model: null,
  usage: null,
  citations: [],
  details: null,
  error: null,
  queue_position: 1,
  cancel_requested_at: null,
  rating: null,
  cost: null,
}

type Unnumbered<T> = T extends { number: number } ? Omit<T, 'number'> : never

const piece: fc.Arbitrary<Unnumbered<AnswerEvent>> = fc.oneof(
  fc.record({ type: fc.constant('text' as const), text: fc.string() }),
  fc.record({ type: fc.constant('thinking' as const), text: fc.string() }),
  fc.record({
    type: fc.constant('tool-call' as const),
    id: fc.constantFrom('t1', 't2'),
    name: fc.constant('get_context'),
    input: fc.constant({ query: 'holiday' }),
  }),
  fc.record({
    type: fc.constant('tool-result' as const),
    id: fc.constantFrom('t1', 't2'),
    result: fc.constant({ output: 'found', isError: false, error: null }),
  }),
)

/** Attempts one after the other, each begun anew, the last with an end. */
const log: fc.Arbitrary<AnswerEvent[]> = fc.array(fc.array(piece), { minLength: 1, maxLength: 3 }).map((attempts) => {
  const events: Unnumbered<AnswerEvent>[] = attempts.flatMap((pieces, index) => [
    ...(index === 0 ? [] : [{ type: 'restart' as const, attempt: index + 1 }]),
    { type: 'start' as const, attempt: index + 1, model: 'quory/extractive' },
    ...pieces,
  ])
  events.push({
    type: 'end',
    status: 'completed',
    completedAt: '2026-11-25T00:00:01.000Z',
    usage: { input_tokens: 1, output_tokens: 2 },
    details: null,
    error: null,
  })
  return events.map((event, index) => ({ ...event, number: index + 1 }))
})

const whole = (events: readonly AnswerEvent[]) => events.reduce(reduceAnswer, answerStateOf(asked))

it('makes the same message however the log is cut and whatever of it is read twice', () => {
  fc.assert(
    fc.property(log, fc.array(fc.nat(), { maxLength: 6 }), fc.nat({ max: 5 }), (events, cuts, overlap) => {
      const places = cuts.map((cut) => cut % (events.length + 1)).sort((one, other) => one - other)
      let state = answerStateOf(asked)
      let from = 0
      for (const place of [...places, events.length]) {
        state = events.slice(Math.max(0, from - overlap), place).reduce(reduceAnswer, state)
        from = place
      }
      expect(state).toEqual(whole(events))
    }),
  )
})

it('makes the same message when a snapshot stands for what was pruned', () => {
  fc.assert(
    fc.property(log, fc.nat(), (events, cut) => {
      // Never the end: what has ended is read from the message.
      const place = 1 + (cut % (events.length - 1))
      const before = whole(events.slice(0, place))
      if (before.status !== 'processing') return
      const state = events.slice(place).reduce(reduceAnswer, reduceAnswer(answerStateOf(asked), snapshotOf(before)))
      expect(state).toEqual(whole(events))
    }),
  )
})

it('begins again when a message that was read half-way from its history is read from its start', () => {
  const half = answerStateOf({ ...asked, status: 'processing', content: 'Twenty-' })
  const events: AnswerEvent[] = [
    { type: 'start', number: 1, attempt: 1, model: 'm' },
    { type: 'text', number: 2, text: 'Twenty-five' },
  ]
  expect(events.reduce(reduceAnswer, half).text).toBe('Twenty-five')
})

it('shows the place in the queue only while the answer waits', () => {
  const waiting = reduceAnswer(answerStateOf(asked), { type: 'queued', position: 3 })
  expect(waiting.queuePosition).toBe(3)
  const begun = reduceAnswer(waiting, { type: 'start', number: 1, attempt: 1, model: 'm' })
  expect(reduceAnswer(begun, { type: 'queued', position: 2 }).queuePosition).toBeNull()
})

function snapshotOf(state: AnswerState): AnswerEvent {
  const { number, attempt, model, text, thinking, toolCalls, citations } = state
  return { type: 'snapshot', number, attempt, model, text, thinking, toolCalls, citations }
}
