import type { FoundPassage } from '../../retrieval/passage.ts'
import type { BegunAnswer } from '../begun-answer-store.ts'
import type { CitationCounts, GeneratedEvent } from '../log/answer-event.ts'
import { type Claim, readClaim } from '../queue/read-claim.ts'
import type { TableResult } from '../table-access.ts'
import { type CheckedQuote, checkQuote, type ReadStoredQuote } from './check-quote.ts'
import type { PassageCitation, TableCitation } from './citation.ts'
import { type MarkedPiece, withoutMarkers } from './cite-marker.ts'
import { citePassage } from './cite-passage.ts'
import { citeTable } from './cite-table.ts'
import { type Evidence, weighMarkers } from './weigh-markers.ts'

export interface CiteInput {
  /** The passages shown to the model as `[number]`; none when there are none. */
  passages(number: number): readonly FoundPassage[]
  /** The result of a table shown to the model as `[number]`. */
  table(number: number): TableResult | undefined
  /** What was asked: stands for the claim where a marker has no text before it. */
  readonly question: string
  readonly readStored: ReadStoredQuote
  /** What was said and cited before. */
  readonly begun?: BegunAnswer | undefined
}

/** Enough of the text before a marker to hold its sentence. */
const keptCharacters = 4_000

type Marker = Extract<MarkedPiece, { marker: string }>

/** Follows what an answer says and decides, marker by marker, what is shown of them. */
export class CitationWriter {
  readonly #input: CiteInput
  /** By number, in order: what its markers rested on so far. */
  readonly #cited = new Map<number, PassageCitation[]>()
  readonly #citedTables = new Set<number>()
  /** What was said, without its markers, and where in it the last of them stood. */
  #said = ''
  #markedAt = 0
  /** Markers side by side, not yet shown. */
  #open: Marker[] = []
  counts: CitationCounts = { found: 0, repaired: 0, dropped: 0 }

  constructor(input: CiteInput) {
    this.#input = input
    if (input.begun !== undefined) this.#goOnFrom(input.begun)
  }

  isPlain(pieces: readonly MarkedPiece[]): boolean {
    return this.#open.length === 0 && pieces.every((piece) => 'text' in piece)
  }

  pass(pieces: readonly MarkedPiece[]): GeneratedEvent[] {
    return pieces.flatMap((piece) => ('text' in piece ? this.#say(piece.text) : []))
  }

  async present(pieces: readonly MarkedPiece[]): Promise<GeneratedEvent[]> {
    const presented: GeneratedEvent[] = []
    for (const piece of pieces) {
      if ('marker' in piece) {
        this.#open.push(piece)
      } else if (piece.text !== '') {
        presented.push(...(await this.settle()), ...this.#say(piece.text))
      }
    }
    return presented
  }

  /** Shows the open markers, or not. */
  async settle(): Promise<GeneratedEvent[]> {
    if (this.#open.length === 0) return []
    const markers = this.#open
    this.#open = []
    const claim = readClaim(this.#said, this.#markedAt, this.#input.question)
    this.#markedAt = this.#said.length
    const named = new Set(markers.flatMap(({ numbers }) => numbers))
    const known = [...named].map((number) => [number, this.#input.passages(number)] as const)
    // A result next to them may hold what the passages do not: then nothing can be held against those.
    const isComputed = [...named].some((number) => this.#input.table(number) !== undefined)
    const passages = new Map(known.filter(([, found]) => found.length > 0))
    const evidence = weighMarkers(passages, isComputed ? withoutNumbers(claim) : claim)
    const presented: GeneratedEvent[] = []
    for (const marker of markers) presented.push(...(await this.#presentMarker(marker, evidence)))
    return [...presented, { type: 'citation-counts', counts: this.counts }]
  }

  #goOnFrom({ text, citations, counts }: BegunAnswer): void {
    this.#said = withoutMarkers(text.slice(text.lastIndexOf(']') + 1)).slice(-keptCharacters)
    for (const citation of citations) {
      if (citation.type === 'table') this.#citedTables.add(citation.number)
      else this.#cited.set(citation.number, [...(this.#cited.get(citation.number) ?? []), citation])
    }
    this.counts = counts ?? this.counts
  }

  #say(text: string): GeneratedEvent[] {
    if (text === '') return []
    this.#said += text
    if (this.#said.length > 4 * keptCharacters) {
      const cut = this.#said.length - keptCharacters
      this.#said = this.#said.slice(cut)
      this.#markedAt = Math.max(0, this.#markedAt - cut)
    }
    return [{ type: 'text-delta', text }]
  }

  /** The marker as it stands when every number of it rests on something, with those that do only, or nothing. */
  async #presentMarker(
    { marker, numbers }: Marker,
    evidence: ReadonlyMap<number, readonly Evidence[]>,
  ): Promise<GeneratedEvent[]> {
    const citations: GeneratedEvent[] = []
    const kept: number[] = []
    for (const number of numbers) {
      const bound = this.#bindTable(number) ?? (await this.#bind(number, evidence.get(number) ?? []))
      if (bound === undefined) continue
      kept.push(number)
      for (const citation of bound) citations.push({ type: 'citation', citation })
    }
    if (kept.length === 0) return []
    const spaces = marker.slice(0, marker.indexOf('['))
    const text = kept.length === numbers.length ? marker : `${spaces}[${kept.join(', ')}]`
    return [{ type: 'text-delta', text }, ...citations]
  }

  /** A result is what the database said: cited once, with nothing to check. */
  #bindTable(number: number): TableCitation[] | undefined {
    const result = this.#input.table(number)
    if (result === undefined) return undefined
    this.counts = { ...this.counts, found: this.counts.found + 1 }
    if (this.#citedTables.has(number)) return []
    this.#citedTables.add(number)
    return [citeTable(number, result)]
  }

  /** The citations that a marker brings, those that were shown before left out; undefined when it rests on nothing. */
  async #bind(number: number, evidence: readonly Evidence[]): Promise<PassageCitation[] | undefined> {
    const isRepaired = evidence.some((one) => one.isRepaired)
    const quotes = await Promise.all(evidence.map((one) => checkQuote(one, this.#input.readStored)))
    const checked = quotes.filter((quote) => quote !== undefined)
    if (checked.length === 0 || checked.length < evidence.length) {
      this.counts = { ...this.counts, dropped: this.counts.dropped + 1 }
      return undefined
    }
    const outcome = isRepaired ? 'repaired' : 'found'
    this.counts = { ...this.counts, [outcome]: this.counts[outcome] + 1 }
    const known = this.#cited.get(number) ?? []
    this.#cited.set(number, known)
    return checked.flatMap((quote) => {
      if (known.some((citation) => isSame(citation, quote))) return []
      const id = known.length === 0 ? String(number) : `${number}-${known.length + 1}`
      const citation = citePassage(quote.stretch, { ...quote, id, number })
      known.push(citation)
      return [citation]
    })
  }
}

/** A claim as far as passages can bear it out beside a result, which has its numbers. */
function withoutNumbers({ near, sentence, quotations }: Claim): Claim {
  const strip = (text: string) => text.replace(/\p{N}[\p{N}.,]*/gu, '')
  return { near: strip(near), sentence: strip(sentence), quotations: quotations.map(strip) }
}

function isSame(citation: PassageCitation, { stretch, start, end }: CheckedQuote): boolean {
  return citation.document_id === stretch.documentId && citation.start === start && citation.end === end
}
