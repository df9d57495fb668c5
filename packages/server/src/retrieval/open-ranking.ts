import type { Config } from '../config.ts'
import type { Database } from '../database/database.ts'
import type { Logger } from '../logger.ts'
import { type Embeddings, openEmbeddings } from '../models/embed.ts'
import { openReranker } from '../models/rerank.ts'
import type { RankingParts } from './rank-passages.ts'
import { openTextsearch, type Textsearch } from './textsearch/open-word-index.ts'
import { createVectorSearch } from './vectors/search-vectors.ts'
import { openVectorIndex } from './vectors/vector-index.ts'
import type { VectorIndex } from './vectors/vector-query.ts'

/** What searches use beyond words, and what keeps the vectors behind it. */
export interface Ranking extends RankingParts {
  /** Undefined when no embedding model is configured: then there are no vectors to keep. */
  readonly keeping: { readonly embeddings: Embeddings; readonly index: VectorIndex } | undefined
  /** Undefined where the database has no pg_textsearch. */
  readonly textsearch: Textsearch | undefined
  [Symbol.asyncDispose](): Promise<void>
}

/** Opens what is configured; of models nothing is loaded or asked before the first use. */
export async function openRanking(
  { db, logger }: { readonly db: Database; readonly logger: Logger },
  config: Pick<Config, 'embedding' | 'models' | 'rerank' | 'textsearchFrom'>,
): Promise<Ranking> {
  const textsearch = await openTextsearch({ db, logger }, config)
  const byWords = { words: textsearch?.words, textsearch }
  const opened = new AsyncDisposableStack()
  const reranker = config.rerank === undefined ? undefined : opened.use(openReranker(config.rerank))
  const dispose = { [Symbol.asyncDispose]: () => opened.disposeAsync() }
  const { embedding, models } = config
  if (embedding === undefined) return { ...byWords, reranker, keeping: undefined, ...dispose }
  const embeddings = opened.use(openEmbeddings({ embedding, models }))
  const index = opened.use(openVectorIndex({ db, logger }))
  const vectors = createVectorSearch({ db, embeddings, index, weight: embedding.weight })
  return { ...byWords, vectors, reranker, keeping: { embeddings, index }, ...dispose }
}
