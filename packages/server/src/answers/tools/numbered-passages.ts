import { approximateTokens, charactersPerToken } from '../../models/approximate-tokens.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import type { TableResult } from '../table-access.ts'
import type { TraceRecorder } from '../traces/trace-recorder.ts'

/** Passages shown to the model under one number: one, or neighbours of one document. */
export interface NumberedPassage {
  readonly number: number
  /** In the order of the document. */
  readonly parts: readonly FoundPassage[]
}

/** The passages and results of one answer, numbered from 1 in the order in which the model gets to see them, over all its searches. */
export class NumberedPassages {
  readonly #entries: NumberedPassage[] = []
  readonly #tables = new Map<number, TableResult>()
  readonly #numbers = new Map<string, number>()
  readonly #trace: TraceRecorder | undefined

  /** `earlier` holds what the first numbers stood for before. */
  constructor(trace?: TraceRecorder, earlier: readonly (readonly FoundPassage[])[] = []) {
    this.#trace = trace
    this.#entries.push(...earlier.map((parts, index) => ({ number: index + 1, parts })))
  }

  of(number: number): readonly FoundPassage[] {
    return this.#entries[number - 1]?.parts ?? []
  }

  /** The result that the model saw under a number. */
  tableOf(number: number): TableResult | undefined {
    return this.#tables.get(number)
  }

  /** Numbers a result of a table like a passage, and says which it got. */
  addTable(result: TableResult): number {
    const number = this.#entries.length + 1
    this.#entries.push({ number, parts: [] })
    this.#tables.set(number, result)
    return number
  }

  /** Numbers what a search found, as much of it as fits the budget; says which of it had a number already. */
  add(found: readonly FoundPassage[], maxTokens: number): { added: NumberedPassage[]; repeated: number[] } {
    const fresh: FoundPassage[] = []
    const repeated = new Set<number>()
    let budget = maxTokens
    for (const passage of found) {
      const known = this.#numbers.get(keyOf(passage))
      if (known !== undefined) {
        repeated.add(known)
        continue
      }
      budget -= approximateTokens(passage.text)
      // The best one always, however long: it is cut where it is shown.
      if (budget < 0 && fresh.length > 0) break
      fresh.push(passage)
    }
    const added = joinNeighbours(fresh).map((parts): NumberedPassage => {
      const entry = { number: this.#entries.length + 1, parts }
      this.#entries.push(entry)
      for (const part of parts) {
        this.#numbers.set(keyOf(part), entry.number)
        this.#trace?.number(part, entry.number)
      }
      return entry
    })
    return { added, repeated: [...repeated] }
  }
}

/** As the model reads it: the number, where it stands, and the text once, although neighbours overlap. */
export function describePassage({ number, parts }: NumberedPassage, maxTokens: number): string {
  const [first] = parts
  if (first === undefined) return ''
  let text = ''
  let end = first.start
  let heading = headingOf(first)
  for (const part of parts) {
    const overlap = end - part.start
    // A section's own passage does not repeat its heading in the text.
    const section = headingOf(part) === heading ? '' : `\n${headingOf(part)}\n`
    text += overlap >= 0 ? [...part.text].slice(overlap).join('') : `\n${section}${part.text}`
    heading = headingOf(part)
    end = part.end
  }
  return `[${number}] ${placeOf(parts)}\n${text.slice(0, maxTokens * charactersPerToken)}`
}

function placeOf(parts: readonly FoundPassage[]): string {
  const first = parts[0]
  const last = parts.at(-1)
  if (first === undefined || last === undefined) return ''
  const places = [first.documentName]
  if (first.sheet !== null) places.push(`sheet ${first.sheet}`)
  if (first.page !== null)
    places.push(first.page === last.page ? `page ${first.page}` : `pages ${first.page} to ${last.page}`)
  if (first.rowStart !== null) places.push(`rows ${first.rowStart} to ${last.rowEnd ?? first.rowStart}`)
  if (first.headingPath.length > 0) places.push(headingOf(first))
  return places.join(', ')
}

function headingOf(passage: FoundPassage): string {
  return passage.headingPath.join(' > ')
}

/** Consecutive passages of a document together, each group at the place of its best passage. */
function joinNeighbours(passages: readonly FoundPassage[]): FoundPassage[][] {
  const waiting = new Set(passages)
  const groups: FoundPassage[][] = []
  for (const best of passages) {
    if (!waiting.delete(best)) continue
    const group = [best]
    const take = (offset: -1 | 1) => {
      for (let number = best.number + offset; ; number += offset) {
        const next = [...waiting].find((one) => one.documentId === best.documentId && one.number === number)
        if (next === undefined) return
        waiting.delete(next)
        if (offset === 1) group.push(next)
        else group.unshift(next)
      }
    }
    take(1)
    take(-1)
    groups.push(group)
  }
  return groups
}

function keyOf(passage: FoundPassage): string {
  return `${passage.documentId}/${passage.number}`
}
