import { ModelError, type ModelMessage, type ToolCall } from '../../models/language-model.ts'
import { cite } from '../citations/cite.ts'
import { loadPrompt } from '../load-prompt.ts'
import type { GeneratedEvent } from '../log/answer-event.ts'
import type { AnswerTool, ToolOutcome } from '../tools/answer-tool.ts'
import { getContext } from '../tools/get-context.ts'
import { searchHistory } from '../tools/get-history.ts'
import type { NumberedPassages } from '../tools/numbered-passages.ts'
import { tableTools } from '../tools/table-tools.ts'
import type { TraceRecorder } from '../traces/trace-recorder.ts'
import { callModel, citeInput, type ModelStep, readTurns, requireText } from './call-model.ts'
import { askedTurn, numberedPassages } from './continue-answer.ts'
import { answerByTree, treeModels } from './function-calling-tree.ts'
import type { ModelInput } from './generator.ts'
import { generateRetrievalFirst } from './retrieval-first.ts'

/** Calls of the model per answer; the last one offers no tools, so that it must answer. */
const maxSteps = 6
/** Recent turns that are in the prompt from the start. */
const recentTokens = 1_500
/** What `get_history` may bring beyond those. */
const historyTokens = 4_000
/** What one search may bring. */
const contextTokens = 2_500

/**
 * Lets the model decide what it needs: it may answer at once, or call tools and then answer. The two models of 2023 that
 * brought function calling get the published tree, every other one a loop. A provider that takes no tools is answered
 * from passages found first.
 */
export async function* generateFunctionCalling(input: ModelInput): AsyncGenerator<GeneratedEvent> {
  const passages = numberedPassages(input)
  const answer = treeModels.has(input.model.name) ? answerByTree(input, passages) : answerBySteps(input, passages)
  let isStarted = false
  try {
    for await (const event of cite(answer, citeInput(input, passages))) {
      isStarted = true
      yield event
    }
    return
  } catch (error) {
    if (isStarted || !(error instanceof ModelError) || error.reason !== 'tools_unsupported') throw error
  }
  yield* generateRetrievalFirst(input)
}

async function* answerBySteps(input: ModelInput, passages: NumberedPassages): AsyncGenerator<GeneratedEvent> {
  const { sources, question } = input
  const messages: ModelMessage[] = [
    { role: 'system', content: await loadPrompt('answer-with-tools', input.instructions) },
    ...(await readTurns(sources, recentTokens)),
    await askedTurn(input),
  ]
  let tools: readonly AnswerTool[] = [
    searchHistory(sources, { maxTokens: historyTokens }),
    getContext({ sources, passages, question, maxTokens: contextTokens }),
    ...(await tableTools({ tables: sources.tables, passages, maxTokens: contextTokens })),
  ]
  let hasText = false
  for (let step = 1; ; step++) {
    const offered = step === maxSteps ? [] : tools
    const definitions = offered.map((tool) => tool.definition)
    const { text, toolCalls, isCut }: ModelStep = yield* callModel(input, { messages, tools: definitions, hasText })
    hasText ||= text !== ''
    if (toolCalls.length === 0 || step === maxSteps) {
      requireText(input, { hasText, isCut })
      return
    }
    messages.push({ role: 'assistant', content: text, toolCalls })
    messages.push(...(yield* runTools(toolCalls, offered, input.trace)))
    tools = tools.filter((tool) =>
      toolCalls.every((call) => call.name !== tool.definition.name || !tool.isOnce(call.input)),
    )
  }
}

async function* runTools(
  calls: readonly ToolCall[],
  tools: readonly AnswerTool[],
  trace: TraceRecorder,
): AsyncGenerator<GeneratedEvent, ModelMessage[]> {
  const running = calls.map((call) => ({
    call,
    outcome: trace.tool(call.name, call.input, () => runTool(call, tools)),
  }))
  for (const { id, name, input } of calls) yield { type: 'tool-call', id, name, input }
  const results: ModelMessage[] = []
  for (const { call, outcome } of running) {
    const { content, output, error } = await outcome
    yield { type: 'tool-result', id: call.id, name: call.name, output, error }
    results.push({ role: 'tool', toolCallId: call.id, toolName: call.name, content })
  }
  return results
}

async function runTool(call: ToolCall, tools: readonly AnswerTool[]): Promise<ToolOutcome & { error: string | null }> {
  const tool = tools.find(({ definition }) => definition.name === call.name)
  if (tool !== undefined) return { ...(await tool.call(call.input)), error: null }
  const names = tools.map(({ definition }) => definition.name).join(', ')
  const error = `There is no tool "${call.name}" to call now; there is: ${names}`
  return { content: error, output: null, error }
}
