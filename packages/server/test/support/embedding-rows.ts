import { sql } from 'kysely'
import { openDatabase } from '../../src/database/open-database.ts'
import type { DatabasePlace } from './databases.ts'

/** What is stored of vectors, of all projects together. */
export async function countEmbeddingRows(place: DatabasePlace) {
  await using db = await openDatabase(place)
  const count = async (table: string) => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(db.query)
    return Number(rows[0]?.count)
  }
  return {
    sets: await count('embedding_sets'),
    texts: await count('embedded_texts'),
    blocks: await count('embeddings'),
  }
}
