import { sql } from 'kysely'
import type { Database } from '../../src/database/database.ts'

/** Puts off jobs of a kind from now on, so that what they take away is there to be found. */
export async function putOffJobs({ engine, query }: Database, kind: string): Promise<void> {
  if (engine === 'sqlite') {
    await sql`create trigger put_off after insert on jobs when new.kind = ${sql.lit(kind)} begin
      update jobs set not_before = '2999-01-01T00:00:00.000Z' where project_id = new.project_id and id = new.id; end`.execute(
      query,
    )
    return
  }
  await sql`create or replace function put_off() returns trigger language plpgsql as $$
    begin new.not_before = '2999-01-01T00:00:00.000Z'; return new; end $$`.execute(query)
  await sql`create trigger put_off before insert on jobs for each row when (new.kind = ${sql.lit(kind)})
    execute function put_off()`.execute(query)
}

/** Those that were put off are due, and no more are. */
export async function letJobsRun({ engine, query }: Database): Promise<void> {
  await (engine === 'sqlite' ? sql`drop trigger put_off` : sql`drop trigger put_off on jobs`).execute(query)
  await sql`update jobs set not_before = null where not_before > '2900-01-01'`.execute(query)
}
