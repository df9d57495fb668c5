import { z } from 'zod'
import { listQuestionCounts } from '../../accounts/question-count-store.ts'
import { now } from '../../database/database.ts'
import { sumSourceSizes } from '../../ingestion/source-lookup-store.ts'
import { findDefaultProject } from '../../projects/home-project-store.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { id, refusals } from './schemas.ts'

const tags = ['quivr']
const shownDays = 30

const email = z.string().meta({ example: 'ada@example.com' })
const day = z.string().meta({ example: '20261122' })
const user = z.object({
  email,
  max_brain_size: z.int().nullable().meta({ description: 'null: there is no limit' }),
  current_brain_size: z.int().meta({ description: "Bytes of the default brain's files" }),
  daily_chat_credit: z.int().nullable().meta({ description: 'Questions a day; null: there is no limit' }),
  requests_stats: z.array(z.object({ user_id: id, email, date: day, daily_requests_count: z.int() })),
  models: z.array(z.string()),
  date: day,
  id,
  is_premium: z.boolean(),
})
const identity = z.object({ id, user_id: id, email })
const identityChange = z
  .object({
    openai_api_key: z
      .string()
      .max(0, 'keys are not kept here: send yours with each question, as the header Openai-Api-Key')
      .nullish(),
  })
  .meta({ example: {} })

export function registerUserRoutes(server: Server, { db, config, models }: Pick<Services, 'db' | 'config' | 'models'>) {
  server.get(
    '/user',
    { schema: { tags, summary: 'Who the caller is and what they used', response: { 200: user, ...refusals } } },
    async ({ principal }) => {
      const { userId, email } = principal
      const [project, counts, list] = await Promise.all([
        findDefaultProject(db, principal),
        listQuestionCounts(db.query, userId, shownDays),
        models.list(),
      ])
      return {
        email,
        max_brain_size: null,
        current_brain_size: await sumSourceSizes(db.query, project.id),
        daily_chat_credit: config.dailyQuestions ?? null,
        requests_stats: counts.map(({ day, questions }) => ({
          user_id: userId,
          email,
          date: presentDay(day),
          daily_requests_count: questions,
        })),
        models: list.models.filter((model) => model.chats).map((model) => model.id),
        date: presentDay(now()),
        id: userId,
        is_premium: false,
      }
    },
  )
  const presentIdentity = ({ userId, email }: { userId: string; email: string }) => ({
    id: userId,
    user_id: userId,
    email,
  })
  server.get(
    '/user/identity',
    { schema: { tags, summary: 'Who the caller is', response: { 200: identity, ...refusals } } },
    async ({ principal }) => presentIdentity(principal),
  )
  server.put(
    '/user/identity',
    {
      schema: {
        tags,
        summary: 'Who the caller is',
        description: 'Quivr kept an OpenAI key here. None is ever kept; an empty one changes nothing.',
        body: identityChange,
        response: { 200: identity, ...refusals },
      },
    },
    async ({ principal }) => presentIdentity(principal),
  )
}

/** `2026-11-22…` as `20261122`. */
function presentDay(time: string): string {
  return time.slice(0, 10).replaceAll('-', '')
}
