import type { PreparedDocument } from '../packages/server/src/retrieval/prepare-document.ts'
import { type BenchSet, seededRandom } from './bench-data.ts'
import { prepareBenchDocument } from './bench-project.ts'

const passagesPerDocument = 40
/** Beyond these, documents come again under new ids: preparing them all would take most of the time. */
const distinctPassages = 20_000

export interface Spliced {
  readonly passages: number
  readonly textBytes: number
  documents(): Iterable<{ readonly name: string; readonly prepared: PreparedDocument }>
}

let known: { readonly sets: readonly BenchSet[]; readonly documents: readonly PreparedDocument[] } | undefined

/**
 * Documents of 40 passages, each of four sentences of the sets, drawn anew, and a word of its own, as real texts keep
 * bringing new words: some 100 words.
 */
export function spliceDocuments(sets: readonly BenchSet[], passages: number): Spliced {
  if (known?.sets !== sets) known = { sets, documents: prepareDocuments(sets) }
  const prepared = known.documents
  const count = Math.ceil(passages / passagesPerDocument)
  const documents = Array.from({ length: count }, (_, i) => prepared[i % prepared.length]).filter(
    (document) => document !== undefined,
  )
  return {
    passages: count * passagesPerDocument,
    textBytes: documents.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0),
    *documents() {
      for (const [i, document] of documents.entries()) yield { name: `spliced-${i}`, prepared: document }
    },
  }
}

function prepareDocuments(sets: readonly BenchSet[]): PreparedDocument[] {
  const random = seededRandom(7)
  const sentences = sets
    .flatMap(({ corpus }) => corpus.flatMap(({ text }) => text.split(/(?<=[.!?])\s+/)))
    .filter((sentence) => sentence.length > 20)
  const draw = () => sentences[Math.floor(random() * sentences.length)] ?? ''
  const newWord = () => `z${Math.floor(random() * 36 ** 5).toString(36)}`
  return Array.from({ length: distinctPassages / passagesPerDocument }, () =>
    prepareBenchDocument(
      '',
      Array.from({ length: passagesPerDocument }, () => [...Array.from({ length: 4 }, draw), newWord()].join(' ')),
    ),
  )
}
