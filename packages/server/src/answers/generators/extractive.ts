import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import type { PassageSearch } from '../../retrieval/passage.ts'
import { inverseDocumentFrequency } from '../../retrieval/words/score-bm25.ts'
import type { PassageCitation } from '../citations/citation.ts'
import { citePassage } from '../citations/cite-passage.ts'
import { citeTable } from '../citations/cite-table.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import type { AskedTables } from '../table-access.ts'
import { carryOver, leansOnEarlier, readEarlier } from './carry-over.ts'
import { type ParsedQuestion, parseQuestion } from './extractive-question.ts'
import { chooseQuotes, type Quote } from './extractive-quotes.ts'
import { scoreSentences } from './extractive-sentences.ts'
import type { GeneratorInput } from './generator.ts'

const passagesRead = 5
const sentencesQuoted = 3
/** From here on the quotes are given as the answer: so for nine tenths of what the documents answer and a tenth of what they do not. */
const answerConfidence = 0.5
/** Below this, next to nothing of the question occurs together anywhere. Between the two the reader judges. */
const closestConfidence = 0.03
/** Enough of the chat to find the question before this one. */
const historyTokens = 2_000

type ExtractiveState = 'nothing-to-search' | 'greeting' | 'no-question' | 'answer' | 'closest' | 'unknown'

interface ExtractiveAnswer {
  readonly state: ExtractiveState
  /** The one with the best sentence first; of one to three sentences together when the state is `answer` or `closest`. */
  readonly quotes: readonly Quote[]
}

/** Answers without a model: the sentences that fit the question best, quoted, or plain words that there are none. */
export async function* generateExtractive(input: GeneratorInput): AsyncGenerator<GeneratedEvent> {
  const asked = await input.sources.tables.ask(input.question)
  input.signal.throwIfAborted()
  if (asked.type === 'answer') return yield* answerFromTable(asked)
  const { state, quotes } = await findExtractiveAnswer(input)
  input.signal.throwIfAborted()
  // Plainly about a table: the sentences that hold some of its words are no answer.
  if (asked.type === 'unsure' && state !== 'answer') return yield { type: 'text-delta', text: asked.text }
  yield { type: 'text-delta', text: openings[state] }
  const citations = await citeQuotes(input, quotes)
  for (const citation of citations) {
    input.signal.throwIfAborted()
    const quoted = citation.quote.replace(/\s*\n\s*/g, ' ')
    yield { type: 'text-delta', text: `\n\n> ${quoted} [${citation.number}]` }
    yield { type: 'citation', citation }
  }
  if (citations.length > 0) yield { type: 'text-delta', text: `\n\n${nameSources(citations)}` }
  const dropped = quotes.length - citations.length
  yield { type: 'citation-counts', counts: { found: citations.length, repaired: 0, dropped } }
}

/** What was computed, the statement that did it, and the result to be looked at. */
function* answerFromTable({ text, result }: Extract<AskedTables, { type: 'answer' }>): Generator<GeneratedEvent> {
  // After the last row of a table it would be one more cell of it, which nobody sees.
  yield { type: 'text-delta', text: text.endsWith('|') ? `${text}\n\n[1]` : `${text} [1]` }
  yield { type: 'citation', citation: citeTable(1, result) }
  yield { type: 'text-delta', text: `\n\n\`\`\`sql\n${result.sql}\n\`\`\`` }
  yield { type: 'citation-counts', counts: { found: 1, repaired: 0, dropped: 0 } }
}

/** Those that the stored documents still say, numbered in order. */
async function citeQuotes({ sources }: GeneratorInput, quotes: readonly Quote[]): Promise<PassageCitation[]> {
  const stored = await Promise.all(quotes.map(({ passage, ...range }) => sources.readStored(passage, range)))
  const checked = quotes.flatMap((quote, index) => {
    const found = stored[index]
    return found?.text === quote.text ? [{ ...quote, version: found }] : []
  })
  return checked.map(({ passage, text, start, end, version }, index) => {
    const number = index + 1
    const { contentHash: content_hash, fileId: file_id, url } = version
    const quoted = { id: String(number), number, start, end, quote: text, content_hash, file_id, url }
    return citePassage({ ...passage, parts: [passage] }, quoted)
  })
}

const openings: Readonly<Record<ExtractiveState, string>> = {
  'nothing-to-search':
    'There is nothing to search yet. Add documents to this project (PDF, Word, Markdown, web pages, tables or plain text), by uploading them or with `quory ingest FILE`, and ask again.',
  greeting: 'Hello! Ask me something about your documents, and I will quote the sentences that answer it.',
  'no-question': 'I need a few more words to look for. Ask about something that your documents may mention by name.',
  answer: 'Your documents say:',
  closest: 'I found no clear answer in your documents. The closest passages I found:',
  unknown: 'Your documents do not say.',
}

const greeting =
  /^\s*(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening|day)|greetings|hallo|moin|servus|guten (?:tag|morgen|abend)|bonjour|bonsoir|salut|hola|buenos días|ciao|buongiorno|olá)(?:[\s,]+(?:there|all|everyone|quory))?[\s!.,?]*$/iu

/** What the extractive answer to a question is made of: its state and its sentences. */
export async function findExtractiveAnswer({ question, sources, trace }: GeneratorInput): Promise<ExtractiveAnswer> {
  const language = detectLanguage(question)
  const leans = leansOnEarlier(question, language) && !greeting.test(question)
  const earlier = leans ? carryOver(question, language, await readEarlier(sources, historyTokens)) : ''
  if (earlier !== '') trace.condensed(`${earlier} ${question}`, 'terms')
  const search = await sources.searchInDetail(`${earlier} ${question}`.trim(), passagesRead)
  if (search.passageCount === 0) return { state: 'nothing-to-search', quotes: [] }
  if (greeting.test(question)) return { state: 'greeting', quotes: [] }
  if (parseQuestion(question, earlier, language).terms.size === 0) return { state: 'no-question', quotes: [] }
  return judge(search, (documentLanguage) => parseQuestion(question, earlier, documentLanguage))
}

function judge(search: PassageSearch, parse: (language: string) => ParsedQuestion): ExtractiveAnswer {
  if (!holdsAnyTerm(search, parse)) return { state: 'unknown', quotes: [] }
  const sentences = scoreSentences(search, parse)
  const best = sentences.reduce(
    (best, sentence) => (sentence.score > (best?.score ?? 0) ? sentence : best),
    sentences[0],
  )
  const confidence = best?.confidence ?? 0
  if (confidence < closestConfidence) return { state: 'unknown', quotes: [] }
  return {
    state: confidence >= answerConfidence ? 'answer' : 'closest',
    quotes: chooseQuotes(sentences, sentencesQuoted),
  }
}

/** Passages are also found by words that only ask ("many", "name"); those alone are no reason to quote anything. */
function holdsAnyTerm(
  { passages, termWeights, passageCount }: PassageSearch,
  parse: (language: string) => ParsedQuestion,
) {
  const unseen = inverseDocumentFrequency(passageCount, 0)
  const isHeld = (term: string) => (termWeights.get(term) ?? unseen) < unseen
  return passages.some(({ language }) => parse(language).terms.keys().some(isHeld))
}

function nameSources(citations: readonly PassageCitation[]): string {
  const places = citations.map(nameSource)
  if (new Set(places).size === 1) return `Source: ${places[0]}`
  return `Sources: ${places.map((place, index) => `[${index + 1}] ${place}`).join(', ')}`
}

function nameSource({ document_name, page, sheet, row_start, row_end }: PassageCitation): string {
  if (page !== null) return `${document_name}, page ${page}`
  const name = sheet === null ? document_name : `${document_name}, sheet ${sheet}`
  if (row_start === null || row_end === null) return name
  return row_start === row_end ? `${name}, row ${row_start}` : `${name}, rows ${row_start} to ${row_end}`
}
