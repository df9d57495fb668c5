import type { ModelMessage, ToolCall } from '../../models/language-model.ts'
import type { FoundPassage } from '../../retrieval/passage.ts'
import { loadPrompt } from '../load-prompt.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import { type AnswerTool, noInput, type ToolOutcome } from '../tools/answer-tool.ts'
import { passagesPerSearch, presentPassages } from '../tools/get-context.ts'
import { getHistory } from '../tools/get-history.ts'
import type { NumberedPassages } from '../tools/numbered-passages.ts'
import { callModel, type ModelStep, requireText } from './call-model.ts'
import { askedTurn } from './continue-answer.ts'
import type { ModelInput } from './generator.ts'

/** Tokens for history and passages, by model: windows of 8,192 and 4,096 tokens that the answer must fit in as well. */
export const treeModels: ReadonlyMap<string, { historyTokens: number; contextTokens: number }> = new Map([
  ['gpt-4-0613', { historyTokens: 2_000, contextTokens: 3_000 }],
  ['gpt-3.5-turbo-0613', { historyTokens: 1_000, contextTokens: 1_600 }],
])
const defaultBudget = { historyTokens: 1_000, contextTokens: 1_600 }
/** Enough of the turn before for a search. */
const followUpTokens = 400

type Material = 'get_history' | 'get_context'

/**
 * The published tree: the model gets the bare question and answers, or asks for history or for context, then answers or
 * asks for the other, then answers. At most three calls; nothing is fetched before it is asked for, and what was
 * fetched is not offered again. The documents are searched with the question as it was asked, and once history was asked
 * for also with the question before it, so that "and the second one?" finds something.
 */
export async function* answerByTree(input: ModelInput, passages: NumberedPassages): AsyncGenerator<GeneratedEvent> {
  const messages: ModelMessage[] = [
    { role: 'system', content: await loadPrompt('answer-tree', input.instructions) },
    await askedTurn(input),
  ]
  const tools = treeTools(input, passages)
  const missing = new Set<Material>(['get_history', 'get_context'])
  let hasText = false
  for (;;) {
    const offered = [...missing].map((name) => tools[name].definition)
    const { text, toolCalls, isCut }: ModelStep = yield* callModel(input, { messages, tools: offered, hasText })
    hasText ||= text !== ''
    if (toolCalls.length === 0 || missing.size === 0) {
      requireText(input, { hasText, isCut })
      return
    }
    messages.push({ role: 'assistant', content: text, toolCalls })
    for (const { id, name, input: given } of toolCalls) yield { type: 'tool-call', id, name, input: given }
    for (const call of toolCalls) {
      const { content, output } = await input.trace.tool(call.name, call.input, () =>
        fetchMaterial(call, missing, tools),
      )
      yield { type: 'tool-result', id: call.id, name: call.name, output, error: null }
      messages.push({ role: 'tool', toolCallId: call.id, toolName: call.name, content })
    }
  }
}

/** What one call asks for and has not been fetched yet; a name that is no tool asks for both. */
async function fetchMaterial(
  call: ToolCall,
  missing: Set<Material>,
  tools: Readonly<Record<Material, AnswerTool>>,
): Promise<ToolOutcome> {
  const asked: readonly Material[] =
    call.name === 'get_history' || call.name === 'get_context' ? [call.name] : ['get_history', 'get_context']
  const outcomes: ToolOutcome[] = []
  for (const name of asked) if (missing.delete(name)) outcomes.push(await tools[name].call(call.input))
  const [first, second] = outcomes
  if (first === undefined) return { content: 'You have been given this already.', output: null }
  if (second === undefined) return first
  return {
    content: outcomes.map(({ content }) => content).join('\n\n'),
    output: { history: first.output, context: second.output },
  }
}

function treeTools({ sources, question, model }: ModelInput, passages: NumberedPassages): Record<Material, AnswerTool> {
  const { historyTokens, contextTokens } = treeModels.get(model.name) ?? defaultBudget
  let isHistoryKnown = false
  let isContextKnown = false
  const history = getHistory(sources, { maxTokens: historyTokens })
  const searchFollowUp = async (): Promise<readonly FoundPassage[]> => {
    const turns = await sources.readHistory({ maxTokens: followUpTokens })
    const before = turns.findLast((turn) => turn.role === 'user')
    return before === undefined ? [] : sources.search(`${before.content} ${question}`, passagesPerSearch)
  }
  return {
    get_history: {
      ...history,
      call: async (input) => {
        isHistoryKnown = true
        const outcome = await history.call(input)
        if (!isContextKnown) return outcome
        const more = presentPassages(await searchFollowUp(), passages, contextTokens / 2)
        return {
          content: `${outcome.content}\n\nDocuments for the question in this light:\n\n${more.content}`,
          output: outcome.output,
        }
      },
    },
    get_context: {
      definition: {
        name: 'get_context',
        description:
          "Returns the passages of the user's documents that fit the question. Must be used when you do not know the answer or the question seems to be about documents.",
        inputSchema: noInput,
      },
      isOnce: () => true,
      call: async () => {
        isContextKnown = true
        const found = await sources.search(question, passagesPerSearch)
        const more = isHistoryKnown ? await searchFollowUp() : []
        return presentPassages(takeInTurns(found, more, passagesPerSearch), passages, contextTokens)
      },
    },
  }
}

/** The best of both searches alternately: scores of two searches cannot be compared. */
function takeInTurns(first: readonly FoundPassage[], second: readonly FoundPassage[], limit: number): FoundPassage[] {
  const taken = new Map<string, FoundPassage>()
  for (let rank = 0; rank < Math.max(first.length, second.length); rank++) {
    for (const passage of [first[rank], second[rank]]) {
      if (passage === undefined || taken.size === limit) continue
      const key = `${passage.documentId}/${passage.number}`
      if (!taken.has(key)) taken.set(key, passage)
    }
  }
  return [...taken.values()]
}
