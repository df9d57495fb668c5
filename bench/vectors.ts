import { parseArgs } from 'node:util'
import { type Database, inTransaction } from '../packages/server/src/database/database.ts'
import { createLogger } from '../packages/server/src/logger.ts'
import {
  createEmbeddingSet,
  type EmbeddingSet,
  listEmbeddingSets,
  updateEmbeddingSet,
} from '../packages/server/src/retrieval/vectors/embedding-set-store.ts'
import { storeBlocks } from '../packages/server/src/retrieval/vectors/embedding-store.ts'
import { packVectors, toUnitLength } from '../packages/server/src/retrieval/vectors/packed-vectors.ts'
import { openVectorIndex } from '../packages/server/src/retrieval/vectors/vector-index.ts'
import { exactLimit, type VectorIndex } from '../packages/server/src/retrieval/vectors/vector-query.ts'
import { percentile, seededRandom } from './bench-data.ts'
import { createBenchProject, openBenchDatabases, prepareBenchDocument, storeBenchDocuments } from './bench-project.ts'

/** Vectors in groups, as texts on some topics are: recall of the indexes, and what a search takes. */
const dimensions = 384
const groups = 400
const perDocument = 256
const queries = 100
const limit = 50
const held = async () => undefined
const signal = new AbortController().signal

function createVectors(seed: number): () => Float32Array {
  const fixed = seededRandom(1)
  const centres = Array.from({ length: groups }, () => Float32Array.from({ length: dimensions }, () => fixed() - 0.5))
  const random = seededRandom(seed)
  return () => {
    const centre = centres[Math.floor(random() * groups)] ?? new Float32Array(dimensions)
    return toUnitLength(centre.map((value) => value + 1.2 * (random() - 0.5)))
  }
}

/** The vectors as they were before they were packed, document after document. */
async function fill(db: Database, count: number): Promise<{ set: EmbeddingSet; vectors: Map<string, Float32Array> }> {
  const project = await createBenchProject(db)
  const documents = Array.from({ length: Math.ceil(count / perDocument) }, (_, i) => ({
    name: String(i),
    prepared: prepareBenchDocument('', [`Document ${i}.`]),
  }))
  const ids = await storeBenchDocuments(db, project, documents)
  const set = await createEmbeddingSet(db.query, project.projectId, 'bench')
  await updateEmbeddingSet(db.query, set, { dimensions })
  const next = createVectors(2)
  const vectors = new Map<string, Float32Array>()
  for (const documentId of ids.keys()) {
    const rows = Array.from({ length: Math.min(perDocument, count - vectors.size) }, next)
    for (const [number, row] of rows.entries()) vectors.set(`${documentId}/${number}`, row)
    const block = { documentId, blocksAfter: 0, first: 0, count: rows.length }
    // Nobody looks these hashes up.
    const hashes = new Uint8Array(16 * rows.length)
    const packed = packVectors(rows, dimensions)
    await inTransaction(db, (tx) => storeBlocks(tx, set, [{ ...block, hashes, vectors: packed }]))
  }
  return { set: await readAgain(db, set), vectors }
}

async function readAgain(db: Database, { projectId, id }: EmbeddingSet): Promise<EmbeddingSet> {
  const found = (await listEmbeddingSets(db.query, projectId)).find((set) => set.id === id)
  if (found === undefined) throw new Error('the set is gone')
  return found
}

async function measure(index: VectorIndex, set: EmbeddingSet, vectors: ReadonlyMap<string, Float32Array>) {
  const next = createVectors(3)
  const times: number[] = []
  let [hits, first] = [0, 0]
  for (let i = 0; i < queries; i++) {
    const vector = next()
    const start = performance.now()
    const found = await index.search(set, { vector, limit, documents: undefined })
    if (i === 0) first = performance.now() - start
    else times.push(performance.now() - start)
    const keys = new Set(found.map(({ documentId, number }) => `${documentId}/${number}`))
    hits += nearest(vectors, vector).filter((key) => keys.has(key)).length
  }
  times.sort((a, b) => a - b)
  const ms = (value: number) => `${value.toFixed(1)} ms`
  return {
    index: set.indexKind,
    'recall@50': (hits / (queries * limit)).toFixed(3),
    first: ms(first),
    p50: ms(percentile(times, 0.5)),
    p99: ms(percentile(times, 0.99)),
  }
}

function nearest(vectors: ReadonlyMap<string, Float32Array>, query: Float32Array): string[] {
  const scored = Array.from(vectors, ([key, row]) => {
    let score = 0
    for (let i = 0; i < dimensions; i++) score += (row[i] as number) * (query[i] as number)
    return { key, score }
  })
  return scored
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ key }) => key)
}

const { values } = parseArgs({ options: { passages: { type: 'string' }, 'database-url': { type: 'string' } } })
const large = Number(values.passages ?? 100_000)
const logger = createLogger('warn')
for await (const db of openBenchDatabases(values['database-url'])) {
  for (const count of [exactLimit, large]) {
    await using index = openVectorIndex({ db, logger })
    const { set, vectors } = await fill(db, count)
    const start = performance.now()
    await index.refresh(set, held, signal)
    const built = `${((performance.now() - start) / 1000).toFixed(1)} s`
    const figures = await measure(index, await readAgain(db, set), vectors)
    console.log(`${db.engine}, ${count} vectors of ${dimensions}`, { built, ...figures })
  }
}
