import { randomUUID } from 'node:crypto'
import type { ModelMessage } from '../../models/language-model.ts'
import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import { cite } from '../citations/cite.ts'
import { loadPrompt } from '../load-prompt.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import { passagesPerSearch, presentPassages } from '../tools/get-context.ts'
import type { NumberedPassages } from '../tools/numbered-passages.ts'
import { callModel, citeInput, readTurns, requireText } from './call-model.ts'
import { carryOver, readEarlier } from './carry-over.ts'
import { askedTurn, numberedPassages } from './continue-answer.ts'
import type { ModelInput } from './generator.ts'

const historyTokens = 1_500
const contextTokens = 2_500
/** A query longer than this is an answer that nobody asked for. */
const maxQueryCharacters = 600

/** For models without tools: makes the question stand alone, searches with it, answers from what was found. */
export async function* generateRetrievalFirst(input: ModelInput): AsyncGenerator<GeneratedEvent> {
  const passages = numberedPassages(input)
  yield* cite(answer(input, passages), citeInput(input, passages))
}

async function* answer(input: ModelInput, passages: NumberedPassages): AsyncGenerator<GeneratedEvent> {
  const turns = await readTurns(input.sources, historyTokens)
  const query = turns.length === 0 ? input.question : yield* condense(input, turns)
  const id = `search_${randomUUID()}`
  yield { type: 'tool-call', id, name: 'get_context', input: { query } }
  const found = await input.sources.search(query, passagesPerSearch)
  const { content, output } = presentPassages(found, passages, contextTokens)
  yield { type: 'tool-result', id, name: 'get_context', output, error: null }
  const prompt = await loadPrompt('answer-from-passages', input.instructions)
  const { text, isCut } = yield* callModel(input, {
    messages: [{ role: 'system', content: `${prompt}\n\nPassages:\n\n${content}` }, ...turns, await askedTurn(input)],
  })
  requireText(input, { hasText: text !== '', isCut })
}

/** One more call of the model. What it says here is a query, not part of the answer; only its tokens are counted. */
async function* condense(input: ModelInput, turns: readonly ModelMessage[]): AsyncGenerator<GeneratedEvent, string> {
  const conversation = turns.map(({ role, content }) => `${role === 'user' ? 'User' : 'Assistant'}: ${content}`)
  const messages: ModelMessage[] = [
    { role: 'system', content: await loadPrompt('condense-question') },
    { role: 'user', content: `Conversation:\n\n${conversation.join('\n\n')}\n\nLast question: ${input.question}` },
  ]
  let query = ''
  for await (const event of callModel(
    { ...input, temperature: 0, maxTokens: undefined },
    { messages, purpose: 'condense' },
  )) {
    if (event.type === 'text-delta') query += event.text
    else if (event.type === 'usage') yield event
  }
  query = query.trim()
  if (query === '' || query.length > maxQueryCharacters) return await carryTerms(input)
  if (query !== input.question) input.trace.condensed(query, 'model')
  return query
}

/** The model made no query: words of the earlier questions do instead, where this one leans on them. */
async function carryTerms({ question, sources, trace }: ModelInput): Promise<string> {
  const earlier = carryOver(question, detectLanguage(question), await readEarlier(sources, historyTokens))
  if (earlier === '') return question
  trace.condensed(`${earlier} ${question}`, 'terms')
  return `${earlier} ${question}`
}
