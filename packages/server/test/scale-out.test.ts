import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Database } from '../src/database/database.ts'
import { engines, openTestDatabase } from './support/databases.ts'

/** Small, not spread over nodes: they grow with people and projects, not with what is said and stored. */
const smallTables = new Set([
  'migrations',
  'installation',
  'users',
  'api_keys',
  'sessions',
  'accounts',
  'verifications',
  'sign_in_links',
  // Kept for five minutes.
  'sign_in_attempts',
  'question_counts',
  'prompts',
  'projects',
  'project_members',
  // At most a hundred of a project.
  'project_invitations',
  'nodes',
  // Kept for a day.
  'idempotency_keys',
])

interface Index {
  readonly table: string
  readonly name: string
  readonly columns: readonly string[]
}

async function listIndexes(db: Database): Promise<Index[]> {
  const query =
    db.engine === 'sqlite'
      ? sql<{ table: string; name: string; column: string }>`
          select m.name as "table", i.name as name, c.name as "column"
          from sqlite_schema m join pragma_index_list(m.name) i join pragma_index_info(i.name) c
          where m.type = 'table' order by m.name, i.name, c.seqno`
      : sql<{ table: string; name: string; column: string }>`
          select t.relname as "table", i.relname as name, a.attname as "column"
          from pg_index x join pg_class t on t.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
          join pg_namespace n on n.oid = t.relnamespace and n.nspname = 'public'
          cross join unnest(x.indkey) with ordinality k (attnum, place)
          join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum
          order by t.relname, i.relname, k.place`
  const { rows } = await query.execute(db.query)
  const indexes = new Map<string, { table: string; name: string; columns: string[] }>()
  for (const { table, name, column } of rows) {
    const index = indexes.get(name) ?? { table, name, columns: [] }
    index.columns.push(column)
    indexes.set(name, index)
  }
  return [...indexes.values()]
}

async function listTables(db: Database): Promise<string[]> {
  const query =
    db.engine === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`
      : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`
  return (await query.execute(db.query)).rows.map((row) => row.name)
}

describe.each(engines)('every growing table on %s', (engine) => {
  it('has project_id first in its primary key and in every index', async () => {
    await using db = await openTestDatabase(engine)
    const indexes = await listIndexes(db)
    const growing = (await listTables(db)).filter((table) => !smallTables.has(table))
    expect(growing).toContain('messages')
    for (const table of growing) {
      const own = indexes.filter((index) => index.table === table)
      expect(own, table).not.toEqual([])
      for (const { name, columns } of own) expect(columns[0], `${table}.${name}`).toBe('project_id')
    }
  })

  it('refers to other growing tables only within its project, and counts with no sequence', async () => {
    await using db = await openTestDatabase(engine)
    if (engine === 'sqlite') {
      const { rows } = await sql<{ table: string; id: number; target: string; from: string; to: string }>`
        select m.name as "table", f.id as id, f."table" as target, f."from" as "from", f."to" as "to"
        from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table'`.execute(db.query)
      const across = rows.filter(({ table, id, target }) => {
        if (smallTables.has(target)) return false
        return !rows.some(
          (key) => key.table === table && key.id === id && key.from === 'project_id' && key.to === 'project_id',
        )
      })
      expect(across).toEqual([])
      const sequences = await sql`select name from sqlite_schema where name = 'sqlite_sequence'`.execute(db.query)
      expect(sequences.rows).toEqual([])
      return
    }
    const { rows } = await sql<{ name: string; definition: string; target: string }>`
      select c.conname as name, pg_get_constraintdef(c.oid) as definition, t.relname as target
      from pg_constraint c join pg_class t on t.oid = c.confrelid where c.contype = 'f'`.execute(db.query)
    for (const { name, definition, target } of rows.filter((key) => !smallTables.has(key.target))) {
      expect(definition, `${name} to ${target}`).toMatch(/FOREIGN KEY \(project_id, .*REFERENCES \w+\(project_id, /)
    }
    const sequences = await sql`select 1 from pg_sequences`.execute(db.query)
    expect(sequences.rows).toEqual([])
  })
})
