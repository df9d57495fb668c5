import type { FoundPassage } from '../retrieval/passage.ts'
import { splitSentences } from '../retrieval/split-sentences.ts'
import type { GeneratedEvent } from './answer-event.ts'
import { type MarkedPiece, MarkerReader } from './cite-marker.ts'
import { type Claim, quotePassages } from './cite-quote.ts'

export interface CiteInput {
  /** The passages shown to the model as `[number]`; none when there are none. */
  passages(number: number): readonly FoundPassage[]
  /** What was asked: stands for the claim where a marker has no text before it. */
  readonly question: string
}

/** Enough of the text before a marker to hold its sentence. */
const keptCharacters = 1_000
const anyMarker = /\[[\d,; ]+\]/g

/**
 * Binds the `[n]` markers of an answer to the passages they name: a marker's first use is followed by its citation, a
 * marker that names no passage is dropped. Everything else passes through; text is held back only while it may still
 * turn out to be a marker.
 */
export async function* cite(events: AsyncIterable<GeneratedEvent>, input: CiteInput): AsyncGenerator<GeneratedEvent> {
  const reader = new MarkerReader()
  const cited = new Set<number>()
  let before = ''

  // Lists, not yield*: on the way of every token that costs a promise more per event.
  const present = (pieces: readonly MarkedPiece[]): GeneratedEvent[] => {
    const presented: GeneratedEvent[] = []
    for (const piece of pieces) {
      const { text, numbers } = 'marker' in piece ? keepKnown(piece, input) : { text: piece.text, numbers: [] }
      if (text === '') continue
      presented.push({ type: 'text-delta', text })
      for (const number of numbers) {
        if (cited.has(number)) continue
        cited.add(number)
        const citation = quotePassages(number, input.passages(number), claimBefore(before, input.question))
        if (citation !== undefined) presented.push({ type: 'citation', citation })
      }
      before += text
      if (before.length > 8 * keptCharacters) before = before.slice(-keptCharacters)
    }
    return presented
  }

  for await (const event of events) {
    if (event.type === 'text-delta') {
      for (const presented of present(reader.read(event.text))) yield presented
      continue
    }
    // A tool call ends what was said before it.
    if (event.type === 'tool-call') for (const presented of present(reader.end())) yield presented
    yield event
  }
  for (const presented of present(reader.end())) yield presented
}

/** The marker as it stands when every number names a passage, with the known ones only, or nothing. */
function keepKnown(piece: Extract<MarkedPiece, { marker: string }>, input: CiteInput) {
  const numbers = piece.numbers.filter((number) => input.passages(number).length > 0)
  if (numbers.length === piece.numbers.length) return { text: piece.marker, numbers }
  const spaces = piece.marker.slice(0, piece.marker.indexOf('['))
  return { text: numbers.length === 0 ? '' : `${spaces}[${numbers.join(', ')}]`, numbers }
}

/** The sentence that a marker ends, and of it what stands after the marker before. */
function claimBefore(text: string, question: string): Claim {
  const recent = text.slice(-keptCharacters).replace(/(?:\s*\[[\d,; ]+\])+\s*$/, '')
  const line = recent.slice(recent.trimEnd().lastIndexOf('\n') + 1)
  const unmarked = line.replace(anyMarker, ' ')
  const last = splitSentences(unmarked, 'en').at(-1)
  if (last === undefined) return { near: question, sentence: question }
  const sentence = unmarked.slice(last.start, last.end)
  const near = line.slice(line.lastIndexOf(']') + 1)
  return { near: near.length < sentence.length ? near : sentence, sentence }
}
