import type { ProjectId } from '../../ids.ts'
import type { Trace } from '../traces/trace.ts'

/**
 * A trace for somebody who may read the chat and is not its owner, such as an owner of the project: how long things took,
 * what they cost, and which passages of this project were found. Nothing that may come from the owner's other chats or
 * projects: no prompt, no queries, no inputs of tools.
 */
export function withoutPrivate(trace: Trace, projectId: ProjectId): Trace {
  return {
    ...trace,
    searches: trace.searches.map((search) => ({
      ...search,
      query: '',
      passages: search.passages.filter((passage) => passage.project_id === projectId),
    })),
    condensed: null,
    messages: [],
    model_calls: trace.model_calls.map((call) => ({ ...call, messages: [] })),
    tools: trace.tools.map((tool) => ({ ...tool, input: null })),
    note: 'Only the owner of the chat sees what was searched for and what was sent to a model',
  }
}
