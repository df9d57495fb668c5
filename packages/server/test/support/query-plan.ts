import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely'
import type { Queryable } from '../../src/database/database.ts'

/** What SQLite means to do for each statement that `work` sends, one line for each step. */
export async function planOf(db: Queryable, work: (query: Queryable) => Promise<unknown>): Promise<string[]> {
  const nodes: RootOperationNode[] = []
  const built = new WeakMap<object, RootOperationNode>()
  const noting: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      built.set(queryId, node)
      return node
    },
    // Not for the parts of which others are built.
    transformResult: async ({ result, queryId }) => {
      const node = built.get(queryId)
      if (node !== undefined) nodes.push(node)
      return result
    },
  }
  await work(db.withPlugin(noting))
  const steps: string[] = []
  for (const node of nodes) {
    const { sql, parameters } = db.getExecutor().compileQuery(node, { queryId: 'plan' })
    const explain = CompiledQuery.raw(`explain query plan ${sql}`, [...parameters])
    const { rows } = await db.executeQuery<{ readonly detail: string }>(explain)
    steps.push(...rows.map(({ detail }) => detail))
  }
  return steps
}
