import { sql } from 'kysely'
import type { Queryable } from '../database/database.ts'
import type { DocumentId, ProjectId, SourceId } from '../ids.ts'

/** What a project holds by name, for whoever knows no ids. */
export interface DocumentCatalog {
  /** Those of the very name, in any case; when there is none, those that have it in theirs. */
  documentsNamed(name: string): Promise<readonly DocumentId[]>
  sourcesNamed(name: string): Promise<readonly SourceId[]>
  listDocumentNames(limit: number): Promise<readonly string[]>
  listSourceNames(limit: number): Promise<readonly string[]>
  listMediaTypes(limit: number): Promise<readonly string[]>
}

/** A name that more than these have says nothing: of them, one more is found. */
export const mostNamed = 1_000

export function documentCatalog(db: Queryable, projectId: ProjectId): DocumentCatalog {
  const documents = () => db.selectFrom('documents').where('project_id', '=', projectId).where('staged_by', 'is', null)
  const sources = () => db.selectFrom('sources').where('project_id', '=', projectId)
  return {
    documentsNamed: (name) =>
      findNamed(name, (isNamed) =>
        documents()
          .select('id')
          .where(isNamed)
          .limit(mostNamed + 1)
          .execute(),
      ),
    sourcesNamed: (name) =>
      findNamed(name, (isNamed) =>
        sources()
          .select('id')
          .where(isNamed)
          .limit(mostNamed + 1)
          .execute(),
      ),
    listDocumentNames: async (limit) => {
      const rows = await documents().select('name').distinct().orderBy('name').limit(limit).execute()
      return rows.map(({ name }) => name).sort()
    },
    listSourceNames: async (limit) => {
      const rows = await sources().select('name').distinct().orderBy('name').limit(limit).execute()
      return rows.map(({ name }) => name).sort()
    },
    listMediaTypes: async (limit) => {
      const rows = await documents().select('media_type').distinct().orderBy('media_type').limit(limit).execute()
      return rows.map(({ media_type }) => media_type).sort()
    },
  }
}

type NameCondition = ReturnType<typeof sql<boolean>>

async function findNamed<K>(
  name: string,
  read: (isNamed: NameCondition) => Promise<readonly { readonly id: K }[]>,
): Promise<readonly K[]> {
  // SQLite's lower() knows no letters beyond ASCII: the name as it was given finds those.
  const exact = await read(sql<boolean>`(name = ${name} or lower(name) = ${name.toLowerCase()})`)
  const rows = exact.length > 0 ? exact : await read(hasInName(name))
  return rows.map(({ id }) => id)
}

function hasInName(name: string): NameCondition {
  const pattern = (part: string) => `%${part.replace(/[\\%_]/g, '\\$&')}%`
  return sql<boolean>`(name like ${pattern(name)} escape '\\' or lower(name) like ${pattern(name.toLowerCase())} escape '\\')`
}
