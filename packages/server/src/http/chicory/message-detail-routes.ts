import type { Principal } from '../../accounts/principal.ts'
import { listAttempts } from '../../answers/answer-store.ts'
import type { Citation } from '../../answers/citations/citation.ts'
import { readCitationPlace } from '../../answers/citations/citation-place-store.ts'
import { withoutPrivate } from '../../answers/citations/hide-private.ts'
import { unpackTrace } from '../../answers/traces/pack-trace.ts'
import { keepTraceDays } from '../../answers/traces/prune-traces-store.ts'
import { findTrace } from '../../answers/traces/trace-store.ts'
import type { ChatRef } from '../../chats/chat.ts'
import { QuoryError } from '../../errors.ts'
import { findProject } from '../../projects/project-store.ts'
import { findCitedTables } from '../../tables/cited-tables.ts'
import type { Services } from '../services.ts'
import type { Server } from '../validation.ts'
import { citationDetail, citationParams } from './citation-schemas.ts'
import { presentCitation, presentTableCitation } from './present-citation.ts'
import { presentTracedDetails } from './present-data.ts'
import { requireMessage } from './require-message.ts'
import { messageParams, refusals } from './schemas.ts'
import { trace } from './trace-schemas.ts'

const tags = ['messages']

/** What stands behind an answer: its citations one by one, and how it was made. */
export function registerMessageDetailRoutes(server: Server, { db }: Pick<Services, 'db'>): void {
  server.get(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/citations/:citation_id',
    {
      schema: {
        tags,
        summary: 'Get Citation',
        description:
          'A citation with 300 characters of the document on either side, where its original opens, and whether the document still is what was quoted.',
        params: citationParams,
        response: { 200: citationDetail, ...refusals },
      },
    },
    async (request) => {
      const { ref, found } = await requireMessage(db.query, request.principal, request.params, 'read')
      const citation = found.citations.find(({ id }) => id === request.params.citation_id)
      if (citation === undefined) throw new QuoryError('citation_not_found', 'Citation not found')
      const mayRead = await mayReadCited(request.principal, ref, citation)
      if (citation.type === 'table') {
        const gone = { state: 'deleted', first: undefined } as const
        return presentTableCitation(citation, mayRead ? await findCitedTables(db.query, citation) : gone)
      }
      return presentCitation(citation, mayRead ? await readCitationPlace(db, citation) : { state: 'deleted' })
    },
  )

  /** A chat may cite another project than its own; who may not see that one any more sees what was quoted, and no more. */
  async function mayReadCited(
    principal: Principal,
    { projectId }: ChatRef,
    { project_id }: Citation,
  ): Promise<boolean> {
    return project_id === projectId || (await findProject(db.query, principal, project_id)) !== undefined
  }

  server.get(
    '/projects/:project_id/chats/:chat_id/messages/:message_id/trace',
    {
      schema: {
        tags,
        summary: 'Get Trace',
        description: `Why this answer: what was searched and found, what the model was sent, its calls and the tools. Kept for ${keepTraceDays} days. Readers other than the owner of the chat see no prompt and no queries.`,
        params: messageParams,
        response: { 200: trace, ...refusals },
      },
    },
    async (request) => {
      const { ref, chat, found } = await requireMessage(db.query, request.principal, request.params, 'read')
      const answer = found.answerId === null ? undefined : { ...ref, answerId: found.answerId }
      const packed = answer === undefined ? undefined : await findTrace(db.query, answer)
      if (answer === undefined || packed === undefined) throw noTrace()
      const whole = await unpackTrace(packed)
      const shown = chat.ownerId === request.principal.userId ? whole : withoutPrivate(whole, ref.projectId)
      return {
        message_id: found.id,
        answer_id: answer.answerId,
        attempts: await listAttempts(db.query, answer),
        ...shown,
        searches: shown.searches.map((search) => ({ ...search, details: presentTracedDetails(search.details) })),
      }
    },
  )
}

function noTrace(): QuoryError {
  const message = `No trace of this message: only answers that have ended have one, for ${keepTraceDays} days`
  return new QuoryError('trace_not_found', message)
}
