import type { Queryable } from '../../database/database.ts'

/** Answers that wait for a worker and those that one holds, on all nodes; one whose worker gave it back waits again. */
export async function countUnfinishedAnswers(db: Queryable): Promise<{ waiting: number; running: number }> {
  const { all, running } = await db
    .selectFrom('answers')
    .select((eb) => [eb.fn.countAll<number>().as('all'), eb.fn.count<number>('lease_owner').as('running')])
    .where('state', 'in', ['queued', 'processing'])
    .executeTakeFirstOrThrow()
  return { waiting: all - running, running }
}
