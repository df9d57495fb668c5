import { analyseText } from './analysis/analyse-text.ts'
import type { NewPassage } from './passage.ts'
import { PostingListWriter } from './words/posting-list.ts'
import { encodeLengths } from './words/segment.ts'
import { type Block, packTerms } from './words/segment-blocks.ts'

/** A document ready to be stored: everything that costs time is done. Plain data that can cross to another process. */
export interface PreparedDocument {
  readonly text: string
  /** Code points of `text`. */
  readonly length: number
  readonly language: string
  /** Terms of all passages together. */
  readonly tokenCount: number
  readonly passages: readonly PreparedPassage[]
  readonly index: PassageIndex
}

/** Passages as a segment of the index holds them, their ordinals being their places in the list. */
export interface PassageIndex {
  readonly blocks: readonly Block[]
  readonly lengths: Uint8Array
  readonly tokenCount: number
}

/** As `NewPassage`, but ranges count code points and the text is the document's at its range, always. */
type PreparedPassage = NewPassage

/**
 * Analyses a document as parsed and cut. Characters that no database can hold (NUL, half surrogate pairs) become
 * U+FFFD one for one, so the passages' ranges stay right. The heading path is indexed in front of a passage's text.
 */
export function prepareDocument(document: {
  readonly text: string
  readonly language: string
  readonly passages: readonly NewPassage[]
}): PreparedDocument {
  const text = storable(document.text)
  const indexed = document.passages.map(({ headingPath, start, end }) => ({
    headingPath,
    text: text.slice(start, end),
  }))
  const index = indexPassages(indexed, document.language)
  return {
    text,
    length: countCodePoints(text),
    language: document.language,
    tokenCount: index.tokenCount,
    passages: preparePassages(text, document.passages),
    index,
  }
}

type IndexedPassage = Pick<NewPassage, 'headingPath' | 'text'>

/** Analyses passages as they will be searched. */
function indexPassages(passages: readonly IndexedPassage[], language: string): PassageIndex {
  const indexer = new PassageIndexer(language)
  for (const passage of passages) indexer.add(passage)
  return indexer.finish()
}

/** Takes passages one by one, so that others can have their turn in between. */
export class PassageIndexer {
  readonly #language: string
  readonly #lists = new Map<string, PostingListWriter>()
  readonly #lengths: number[] = []

  constructor(language: string) {
    this.#language = language
  }

  add({ headingPath, text }: IndexedPassage): void {
    const found = analyseText(storable([...headingPath, text].join('\n')), this.#language)
    for (const [term, frequency] of countTerms(found)) {
      const list = this.#lists.get(term) ?? new PostingListWriter()
      list.add(this.#lengths.length, frequency)
      this.#lists.set(term, list)
    }
    this.#lengths.push(found.length)
  }

  finish(): PassageIndex {
    return {
      blocks: packTerms(new Map([...this.#lists].map(([term, list]) => [term, list.take()]))),
      lengths: encodeLengths(this.#lengths),
      tokenCount: this.#lengths.reduce((sum, length) => sum + length, 0),
    }
  }
}

function countTerms(terms: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

function preparePassages(text: string, passages: readonly NewPassage[]): PreparedPassage[] {
  const toCodePoints = codePointOffsets(
    text,
    passages.flatMap(({ start, end, changes }) => [start, end, ...(changes ?? []).map((change) => change.start)]),
  )
  return passages.map((passage) => ({
    ...passage,
    text: text.slice(passage.start, passage.end),
    headingPath: passage.headingPath.map(storable),
    sheet: passage.sheet === null ? null : storable(passage.sheet),
    start: toCodePoints(passage.start),
    end: toCodePoints(passage.end),
    changes:
      passage.changes?.map(({ start, headingPath, row }) => ({
        start: toCodePoints(start),
        headingPath: headingPath.map(storable),
        row,
      })) ?? null,
  }))
}

function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}

export function countCodePoints(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0)
}

/** Translates UTF-16 offsets, all named beforehand, in one walk over the text. */
function codePointOffsets(text: string, offsets: readonly number[]): (offset: number) => number {
  const known = new Map<number, number>()
  let at = 0
  let codePoints = 0
  for (const offset of [...new Set(offsets)].sort((a, b) => a - b)) {
    codePoints += countCodePoints(text.slice(at, offset))
    at = offset
    known.set(offset, codePoints)
  }
  return (offset) => known.get(offset) ?? 0
}
