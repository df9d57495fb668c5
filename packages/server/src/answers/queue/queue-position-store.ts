import { sql } from 'kysely'
import type { Database } from '../../database/database.ts'
import { databaseTime } from '../../database/database-clock.ts'
import type { AnswerId } from '../../ids.ts'

/**
 * Everything that waits, in the order in which it would be started if nothing more were asked: owners take turns,
 * who has fewest running first, each beginning with their oldest. An answer that waits for an earlier one of its own
 * chat has its place in its owner's line like any other.
 */
export async function listQueue(db: Database): Promise<AnswerId[]> {
  const { rows } = await sql<{ id: AnswerId }>`
    with running as (
      select owner_id, count(*) as answers from answers
      where state = 'processing' and lease_owner is not null and lease_expires_at >= ${databaseTime(db)} group by owner_id),
    waiting as (
      select a.id, a.created_at, coalesce(r.answers, 0)
        + row_number() over (partition by a.owner_id order by a.created_at, a.id) as turn
      from answers a left join running r on r.owner_id = a.owner_id where a.state = 'queued')
    select id from waiting order by turn, created_at, id`.execute(db.query)
  return rows.map((row) => row.id)
}
