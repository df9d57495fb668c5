import { loadPrompt } from '../../answers/load-prompt.ts'
import { QuoryError } from '../../errors.ts'
import { type LanguageModel, ModelError } from '../../models/language-model.ts'
import { splitSentences } from '../../retrieval/analysis/split-sentences.ts'

const maxFacts = 12_000
const maxProse = 3_000
/** A model that thinks first spends most of them on that. */
const maxTokens = 2_000

export interface ProseRequest {
  /** Markdown: all that the model gets to know. */
  readonly facts: string
  readonly language: string
  readonly findModel: () => Promise<LanguageModel | 'extractive'>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export interface Prose {
  readonly model: string
  readonly paragraphs: readonly string[]
}

/**
 * What a model makes of the facts about a project. Sentences with a number that is in none of them are left out.
 * `undefined` without a model, and when it fails, takes too long or says nothing that holds: the facts stand by themselves.
 */
export async function describeInProse(
  request: ProseRequest,
): Promise<Prose | { readonly failure: string } | undefined> {
  const limit = AbortSignal.timeout(request.timeoutMs)
  try {
    const model = await request.findModel()
    if (model === 'extractive') return undefined
    const facts = request.facts.slice(0, maxFacts)
    const text = await ask(model, facts, AbortSignal.any([request.signal, limit]))
    const paragraphs = keepTrue(text, facts, request.language)
    return paragraphs.length === 0
      ? { failure: 'it wrote nothing that the facts bear' }
      : { model: model.id, paragraphs }
  } catch (error) {
    request.signal.throwIfAborted()
    if (limit.aborted) return { failure: `it was not done within ${request.timeoutMs / 1_000} s` }
    if (error instanceof ModelError || error instanceof QuoryError) return { failure: error.message }
    throw error
  }
}

/** Whole sentences only: what a limit cut off is dropped. */
async function ask(model: LanguageModel, facts: string, signal: AbortSignal): Promise<string> {
  const messages = [
    { role: 'system', content: await loadPrompt('describe-project') },
    { role: 'user', content: facts },
  ] as const
  let text = ''
  for await (const event of model.stream({ messages, maxTokens, temperature: 0, signal })) {
    if (event.type === 'text-delta') text += event.text
    if (text.length > maxProse || (event.type === 'finish' && event.reason === 'length'))
      return withoutLastSentence(text)
  }
  return text
}

function withoutLastSentence(text: string): string {
  return text.slice(0, maxProse).replace(/[^.!?。！？]*$/u, '')
}

function keepTrue(text: string, facts: string, language: string): string[] {
  const known = new Set(numbersIn(facts))
  return text
    .split(/\n\s*\n/)
    .map((paragraph) =>
      splitSentences(paragraph, language)
        .map(({ start, end }) => paragraph.slice(start, end).replaceAll(/\s+/g, ' '))
        .filter((sentence) => numbersIn(sentence).every((number) => known.has(number)))
        .join(' '),
    )
    .filter((paragraph) => paragraph !== '')
}

/** However their thousands are set apart: 1,234 and 1 234 are the same number. */
function numbersIn(text: string): string[] {
  const numbers = text.match(/\p{Nd}+(?:[.,'’\u00a0\u202f ]\p{Nd}{3})*(?:[.,]\p{Nd}+)?/gu) ?? []
  return numbers.map((number) => number.replaceAll(/[.,'’\s]/g, ''))
}
