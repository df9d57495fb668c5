import type { Queryable } from '../database/database.ts'
import type { ProjectId } from '../ids.ts'

/** How a project's questions are answered unless a request says otherwise. */
export interface AnswerSettings {
  readonly model: string | null
  readonly temperature: number | null
  readonly maxTokens: number | null
  readonly instructions: string | null
}

/** One look-up by primary key. An unknown project has no settings: whether it may be asked is checked where it is written to. */
export async function readAnswerSettings(db: Queryable, projectId: ProjectId): Promise<AnswerSettings> {
  const row = await db
    .selectFrom('projects')
    .leftJoin('prompts', 'prompts.id', 'projects.prompt_id')
    .select([
      'projects.model',
      'projects.temperature',
      'projects.max_tokens',
      'projects.instructions',
      'prompts.content',
    ])
    .where('projects.id', '=', projectId)
    .executeTakeFirst()
  return {
    model: row?.model ?? null,
    temperature: row?.temperature ?? null,
    maxTokens: row?.max_tokens ?? null,
    instructions: row?.instructions ?? row?.content ?? null,
  }
}
