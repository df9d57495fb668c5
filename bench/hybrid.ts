import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Database } from '../packages/server/src/database/database.ts'
import { inTransaction } from '../packages/server/src/database/database.ts'
import { createProcessWakeUp } from '../packages/server/src/database/wake-up.ts'
import type { DocumentId } from '../packages/server/src/ids.ts'
import { JobWorker } from '../packages/server/src/jobs/job-worker.ts'
import { createLogger } from '../packages/server/src/logger.ts'
import type { Embeddings } from '../packages/server/src/models/embed.ts'
import { searchPassages } from '../packages/server/src/retrieval/search-passages.ts'
import {
  createEmbedHandler,
  embedKind,
  requestEmbedding,
} from '../packages/server/src/retrieval/vectors/embed-project.ts'
import { createVectorSearch, type VectorSearch } from '../packages/server/src/retrieval/vectors/search-vectors.ts'
import { openVectorIndex } from '../packages/server/src/retrieval/vectors/vector-index.ts'
import { tidyKind } from '../packages/server/src/retrieval/words/request-tidying.ts'
import { createTidyHandler, tidyIndex } from '../packages/server/src/retrieval/words/tidy-index.ts'
import { type BenchSet, readBenchOptions, readBenchSet } from './bench-data.ts'
import {
  type BenchProject,
  createBenchProject,
  openBenchDatabases,
  prepareBenchDocument,
  storeBenchDocuments,
} from './bench-project.ts'
import { learnLsa } from './lsa.ts'
import { measureRanking } from './measure-ranking.ts'

/** Words, vectors and both, with vectors learned from the set itself in place of a model's. */
const sets = ['cranfield', 'xquad-en']
/** Good on some sets, weak, and worthless: what the sum has to bear. */
const standIns = [
  { name: 'lsa-128', weights: [0, 0.1, 0.2, 0.35, 0.5, 1] },
  { name: 'lsa-16', weights: [0.2, 1] },
  { name: 'noise', weights: [0.2, 1] },
]

function createStandIn(name: string, set: BenchSet): Embeddings {
  const embed = name === 'noise' ? embedNoise : learn(set, Number(name.slice('lsa-'.length)))
  return {
    model: name,
    embedPassages: async (texts) => texts.map(embed),
    embedQuestion: async (_model, text) => embed(text),
    [Symbol.asyncDispose]: async () => undefined,
  }
}

function learn(set: BenchSet, dimensions: number): (text: string) => Float32Array {
  const lsa = learnLsa(
    set.corpus.map(({ title, text }) => `${title}\n${text}`),
    dimensions,
  )
  return (text) => lsa.embed(text)
}

/** The same text, the same vector, and nothing else. */
function embedNoise(text: string): Float32Array {
  const bytes = createHash('sha512').update(text).digest()
  return Float32Array.from(bytes, (byte) => byte / 127.5 - 1)
}

async function measure(db: Database, set: BenchSet, name: string): Promise<void> {
  const rows: Record<string, unknown> = {}
  const project = await createBenchProject(db)
  const documents = set.corpus.map(({ _id, title, text }) => ({
    name: _id,
    prepared: prepareBenchDocument(title, [text]),
  }))
  const signal = new AbortController().signal
  const names = await storeBenchDocuments(db, project, documents, async () => {
    await tidyIndex(db, project.projectId, signal)
  })
  for (const { name: model, weights } of standIns) {
    const embeddings = createStandIn(model, set)
    await using index = openVectorIndex({ db, logger: createLogger('warn') })
    // Each takes the place of the one before, as another model does.
    await embed(db, project, { embeddings, index })
    for (const weight of weights) {
      const vectors = weight === 0 ? undefined : createVectorSearch({ db, embeddings, index, weight })
      rows[weight === 0 ? 'words' : `${model}, weight ${weight}`] = await rank({ db, project, set, names }, vectors)
    }
  }
  console.log(`${db.engine}, ${name}, ${set.corpus.length} passages`)
  console.table(rows)
}

/** As the server does it: the job gives every passage its vector, after the one that storing documents asked for. */
async function embed(
  db: Database,
  { projectId }: BenchProject,
  kept: Pick<Parameters<typeof createEmbedHandler>[0], 'embeddings' | 'index'>,
): Promise<void> {
  await using wakeUp = createProcessWakeUp()
  const logger = createLogger('warn')
  const handlers = { [embedKind]: createEmbedHandler({ db, logger, ...kept }), [tidyKind]: createTidyHandler({ db }) }
  await using worker = new JobWorker({ db, wakeUp, node: 'bench', logger, concurrency: 1, handlers })
  await inTransaction(db, (tx) => requestEmbedding(tx, projectId))
  await worker.idle()
}

interface Ranked {
  readonly db: Database
  readonly project: BenchProject
  readonly set: BenchSet
  readonly names: ReadonlyMap<DocumentId, string>
}

async function rank({ db, project, set, names }: Ranked, vectors: VectorSearch | undefined) {
  return await measureRanking(set, async (query) => {
    const found = await searchPassages({ db, vectors }, { projectId: project.projectId, query, limit: 100 })
    return found.map(({ documentId }) => names.get(documentId) ?? '')
  })
}

const options = readBenchOptions()
const named = options.set === undefined ? sets : [options.set]
for await (const db of openBenchDatabases(options.databaseUrl, options.engine)) {
  for (const name of named) await measure(db, readBenchSet(join(options.data, name)), name)
}
