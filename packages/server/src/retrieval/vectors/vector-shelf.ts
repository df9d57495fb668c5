import { Nearest } from './nearest.ts'
import { openVectors, type PackedVectors, similarity } from './packed-vectors.ts'

/** Vectors of one document's passages side by side, the first of them numbered `first`. */
export interface ShelfBlock {
  readonly key: string
  readonly documentId: string
  readonly first: number
  readonly vectors: Uint8Array
}

export interface FoundVector {
  readonly documentId: string
  readonly number: number
  readonly score: number
}

/** What of the vectors is compared; ids are texts here. */
interface VectorFilter {
  readonly documents: ReadonlySet<string> | undefined
  readonly passages?: ReadonlyMap<string, readonly number[]> | undefined
}

interface ShelfQuery extends VectorFilter {
  readonly vector: Float32Array
  readonly limit: number
}

type OpenBlock = Omit<ShelfBlock, 'key' | 'vectors'> & { readonly pack: PackedVectors }

/** Vectors in memory by set, all of them compared with every query. */
export class VectorShelf {
  readonly #sets = new Map<string, Map<string, OpenBlock>>()

  put({ set, dimensions, blocks }: { set: string; dimensions: number; blocks: readonly ShelfBlock[] }): void {
    const known = this.#sets.get(set) ?? new Map<string, OpenBlock>()
    this.#sets.set(set, known)
    for (const { key, vectors, ...block } of blocks)
      known.set(key, { ...block, pack: openVectors(vectors, dimensions) })
  }

  /** Some blocks, or the whole set. */
  remove({ set, keys }: { set: string; keys: readonly string[] | undefined }): void {
    if (keys === undefined) this.#sets.delete(set)
    for (const key of keys ?? []) this.#sets.get(set)?.delete(key)
  }

  search(input: ShelfQuery & { readonly set: string }): readonly FoundVector[] {
    return scanBlocks([...(this.#sets.get(input.set)?.values() ?? [])], input)
  }
}

/** Blocks that are not kept. */
export function scanOnce({
  blocks,
  dimensions,
  ...query
}: ShelfQuery & {
  readonly blocks: readonly Omit<ShelfBlock, 'key'>[]
  readonly dimensions: number
}): readonly FoundVector[] {
  const opened = blocks.map(({ vectors, ...block }) => ({ ...block, pack: openVectors(vectors, dimensions) }))
  return scanBlocks(opened, query)
}

/** Whether a document's passage is compared, by its number; undefined: none of them is. */
function sieveOf({ documents, passages }: VectorFilter, documentId: string): ((number: number) => boolean) | undefined {
  if (passages !== undefined) {
    const numbers = passages.get(documentId)
    if (numbers === undefined) return undefined
    const wanted = new Set(numbers)
    return (number) => wanted.has(number)
  }
  return documents === undefined || documents.has(documentId) ? () => true : undefined
}

/** Equal scores by document and number, so that the order of the blocks changes nothing. */
function scanBlocks(blocks: readonly OpenBlock[], { vector, limit, ...filter }: ShelfQuery): readonly FoundVector[] {
  const nearest = new Nearest<Omit<FoundVector, 'score'>>(limit)
  const sorted = blocks.toSorted((a, b) =>
    a.documentId < b.documentId ? -1 : a.documentId > b.documentId ? 1 : a.first - b.first,
  )
  for (const { documentId, first, pack } of sorted) {
    const isWanted = sieveOf(filter, documentId)
    if (isWanted === undefined) continue
    for (let row = 0; row < pack.count; row++) {
      if (!isWanted(first + row)) continue
      const score = similarity(pack, row, vector)
      if (score > nearest.threshold && pack.scales[row] !== 0) nearest.add({ documentId, number: first + row }, score)
    }
  }
  return nearest.take().map(({ item, score }) => ({ ...item, score }))
}

/** Vectors that stand in no order: a line of `places` a document, as in retrieval/list-store.ts. */
export interface ScatteredVectors {
  readonly places: string
  readonly vectors: Uint8Array
}

export function scanScattered({
  rows,
  dimensions,
  vector,
  limit,
  ...filter
}: ShelfQuery & { readonly rows: readonly ScatteredVectors[]; readonly dimensions: number }): readonly FoundVector[] {
  const nearest = new Nearest<Omit<FoundVector, 'score'>>(limit)
  for (const { places, vectors } of rows) {
    const pack = openVectors(vectors, dimensions)
    let row = 0
    for (const line of places.split('\n')) {
      const space = line.indexOf(' ')
      const documentId = line.slice(0, space)
      const isWanted = sieveOf(filter, documentId)
      for (const text of line.slice(space + 1).split(',')) {
        const number = Number(text)
        const score = isWanted?.(number) === true ? similarity(pack, row, vector) : Number.NEGATIVE_INFINITY
        if (score > nearest.threshold && pack.scales[row] !== 0) nearest.add({ documentId, number }, score)
        row++
      }
    }
  }
  return nearest.take().map(({ item, score }) => ({ ...item, score }))
}
