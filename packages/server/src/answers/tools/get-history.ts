import { withoutMarkers } from '../cite-marker.ts'
import type { AnswerSources } from '../generators/generator.ts'
import { type AnswerTool, noInput } from './answer-tool.ts'

/** Gives the model the conversation so far. */
export function getHistory(sources: AnswerSources, { maxTokens }: { maxTokens: number }): AnswerTool {
  return {
    definition: {
      name: 'get_history',
      description:
        'Returns the earlier messages of this conversation. For questions that lean on what was said before.',
      inputSchema: noInput,
    },
    isOnce: true,
    call: async () => {
      const turns = await sources.readHistory({ maxTokens })
      const lines = turns.map(({ role, content }) =>
        role === 'user' ? `User: ${content}` : `Assistant: ${withoutMarkers(content)}`,
      )
      return {
        content: lines.length === 0 ? 'This is the first message of the conversation.' : lines.join('\n\n'),
        output: { messages: turns.length },
      }
    },
  }
}
