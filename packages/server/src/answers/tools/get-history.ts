import { withoutMarkers } from '../citations/cite-marker.ts'
import type { AnswerSources } from '../generators/generator.ts'
import { type AnswerTool, noInput, type ToolOutcome } from './answer-tool.ts'
import { describeTurns } from './describe-turns.ts'

const emptyConversation = 'This is the first message of the conversation.'

/** Gives the model the conversation so far. */
export function getHistory(sources: AnswerSources, { maxTokens }: { maxTokens: number }): AnswerTool {
  return {
    definition: {
      name: 'get_history',
      description:
        'Returns the earlier messages of this conversation. For questions that lean on what was said before.',
      inputSchema: noInput,
    },
    isOnce: () => true,
    call: () => readNewest(sources, maxTokens),
  }
}

/** The same, and with a query it searches what was said, however long ago. */
export function searchHistory(sources: AnswerSources, { maxTokens }: { maxTokens: number }): AnswerTool {
  return {
    definition: {
      name: 'get_history',
      description:
        'Returns earlier messages. Without a query: the newest of this conversation. With a query: those that fit it, however long ago they were said, each with its date and its neighbours; if the person allows it also from their other conversations.',
      inputSchema: {
        type: 'object',
        properties: {
          query: {
            type: 'string',
            description:
              'Words that the earlier message would hold, such as names, numbers and topics. Leave it out to read the newest messages.',
          },
        },
      },
    },
    isOnce: (input) => queryOf(input) === undefined,
    call: async (input) => {
      const query = queryOf(input)
      if (query === undefined) return await readNewest(sources, maxTokens)
      const found = await sources.searchHistory(query)
      const count = found.here.length + found.elsewhere.length
      return { content: describeTurns(found, maxTokens), output: { query, messages: count } }
    },
  }
}

function queryOf({ query }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof query === 'string' && query.trim() !== '' ? query : undefined
}

async function readNewest(sources: AnswerSources, maxTokens: number): Promise<ToolOutcome> {
  const turns = await sources.readHistory({ maxTokens })
  const lines = turns.map(({ role, content }) =>
    role === 'user' ? `User: ${content}` : `Assistant: ${withoutMarkers(content)}`,
  )
  return { content: lines.length === 0 ? emptyConversation : lines.join('\n\n'), output: { messages: turns.length } }
}
