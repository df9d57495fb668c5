import type { Queryable } from '../../database/database.ts'
import { BlockReader } from './segment-blocks.ts'
import type { IndexedDocument, SegmentRef } from './segment-store.ts'

const blocksPerRead = 64
const documentsPerRead = 1_000

/** The documents of a segment that are not deleted, by base. */
export async function* readIndexedDocuments(
  db: Queryable,
  { projectId, id }: SegmentRef,
): AsyncGenerator<IndexedDocument> {
  let after = -1
  for (;;) {
    const rows = await db
      .selectFrom('index_documents')
      .select([
        'base',
        'first',
        'document_id as documentId',
        'passage_count as passageCount',
        'token_count as tokenCount',
        'language',
      ])
      .where('project_id', '=', projectId)
      .where('segment_id', '=', id)
      .where('base', '>', after)
      .orderBy('base')
      .limit(documentsPerRead)
      .execute()
    yield* rows
    if (rows.length < documentsPerRead) return
    after = rows.at(-1)?.base ?? after
    await new Promise(setImmediate)
  }
}

/** Walks the terms of a segment in the order of their bytes. */
export class TermCursor {
  readonly #db: Queryable
  readonly #segment: SegmentRef
  #blocks: { first_term: string; entries: Uint8Array }[] = []
  #at = 0
  #reader: BlockReader | undefined
  #lastRead: string | undefined
  #isLastPage = false
  /** A character for each byte of the term, so that the order of texts is that of bytes; undefined after the last. */
  key: string | undefined = ''
  list: Uint8Array = new Uint8Array()

  constructor(db: Queryable, segment: SegmentRef) {
    this.#db = db
    this.#segment = segment
  }

  /** Moves on to the next term; only now and then there is something to wait for. */
  advance(): Promise<void> | undefined {
    if (this.#reader?.next() === true) {
      this.key = this.#reader.key
      this.list = this.#reader.list
      return undefined
    }
    const block = this.#blocks[this.#at++]
    if (block !== undefined) {
      this.#reader = new BlockReader(block.entries)
      return this.advance()
    }
    if (!this.#isLastPage) return this.#readOn()
    this.key = undefined
    return undefined
  }

  async #readOn(): Promise<void> {
    const { projectId, id } = this.#segment
    const query = this.#db
      .selectFrom('index_blocks')
      .select(['first_term', 'entries'])
      .where('project_id', '=', projectId)
      .where('segment_id', '=', id)
      .orderBy('first_term')
      .limit(blocksPerRead)
    const last = this.#lastRead
    this.#blocks = await (last === undefined ? query : query.where('first_term', '>', last)).execute()
    this.#at = 0
    this.#isLastPage = this.#blocks.length < blocksPerRead
    this.#lastRead = this.#blocks.at(-1)?.first_term
    await this.advance()
  }
}
