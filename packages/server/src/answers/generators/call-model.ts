import { ModelError, type ModelMessage, type ToolCall, type ToolDefinition } from '../../models/language-model.ts'
import type { CiteInput } from '../citations/citation-writer.ts'
import { withoutMarkers } from '../citations/cite-marker.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import type { NumberedPassages } from '../tools/numbered-passages.ts'
import type { AnswerSources, ModelInput } from './generator.ts'

/** What one call of the model came to. */
export interface ModelStep {
  readonly text: string
  readonly toolCalls: readonly ToolCall[]
  readonly isCut: boolean
}

/** Times a prompt is halved when the model says that it is too long. */
const maxShrinks = 3

interface ModelCall {
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ToolDefinition[]
  readonly purpose?: 'answer' | 'condense'
  /** The answer has text already: a blank line goes between that and what is said now. */
  readonly hasText?: boolean
}

/** Asks the model once, passing its text on as it comes. A prompt too long for it is shortened and sent again. */
export async function* callModel(
  { model, signal, pace, temperature, maxTokens, trace }: ModelInput,
  { messages, tools = [], hasText = false, purpose = 'answer' }: ModelCall,
): AsyncGenerator<GeneratedEvent, ModelStep> {
  let prompt = messages
  for (let shrinks = 0; ; shrinks++) {
    let text = ''
    let isCut = false
    let isStarted = false
    const toolCalls: ToolCall[] = []
    const request = {
      messages: prompt,
      signal,
      ...(pace === undefined ? {} : { pace }),
      ...(tools.length === 0 ? {} : { tools }),
      ...(temperature === undefined ? {} : { temperature }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
    }
    const traced = trace.startModelCall({ purpose, model: model.id }, request)
    try {
      for await (const event of model.stream(request)) {
        traced.seen(event)
        isStarted = true
        if (event.type === 'text-delta') {
          if (hasText && text === '') yield { type: 'text-delta', text: '\n\n' }
          text += event.text
          yield event
        } else if (event.type === 'reasoning-delta') {
          yield event
        } else if (event.type === 'tool-call') {
          toolCalls.push(event.call)
        } else {
          isCut = event.reason === 'length'
          if (event.usage !== undefined) yield { type: 'usage', ...event.usage }
        }
      }
      return { text, toolCalls, isCut }
    } catch (error) {
      traced.ended(error)
      const isTooLong = error instanceof ModelError && error.reason === 'context_too_long'
      if (!isTooLong || isStarted || shrinks === maxShrinks) throw error
      prompt = shorten(prompt)
    } finally {
      traced.ended()
    }
  }
}

/** A model that says nothing has not answered, unless there was nothing to add to what it had said. */
export function requireText({ begun }: ModelInput, { hasText, isCut }: { hasText: boolean; isCut: boolean }): void {
  if (hasText || (begun !== undefined && !isCut)) return
  throw new ModelError(
    'refused',
    isCut ? 'The model reached its limit of tokens before it wrote any text' : 'The model sent an empty answer',
  )
}

/** The system prompt and what was asked stay; of the earlier turns the newer half, of long texts the first half. */
function shorten(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const question = messages.findLastIndex((message) => message.role === 'user')
  const firstTurn = messages.findIndex((message) => message.role !== 'system')
  const turns = messages.slice(firstTurn, question)
  return [
    ...messages.slice(0, firstTurn).map(halveLong),
    ...turns.slice(Math.ceil(turns.length / 2)),
    ...messages.slice(question).map((message) => (message.role === 'tool' ? halveLong(message) : message)),
  ]
}

const shortEnough = 2_000

function halveLong<M extends ModelMessage>(message: M): M {
  if (message.content.length <= shortEnough) return message
  return { ...message, content: message.content.slice(0, Math.max(shortEnough, message.content.length / 2)) }
}

/** What the markers of an answer are checked against. */
export function citeInput({ question, sources, begun }: ModelInput, passages: NumberedPassages): CiteInput {
  return {
    begun,
    passages: (number) => passages.of(number),
    table: (number) => passages.tableOf(number),
    question,
    readStored: sources.readStored,
  }
}

/** Earlier turns for a prompt; their citation markers are left out, because the numbers name other passages now. */
export async function readTurns(sources: AnswerSources, maxTokens: number) {
  const turns = await sources.readHistory({ maxTokens })
  return turns.map((turn) =>
    turn.role === 'assistant' ? { role: turn.role, content: withoutMarkers(turn.content) } : turn,
  )
}
