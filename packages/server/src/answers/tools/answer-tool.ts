import type { ToolDefinition } from '../../models/language-model.ts'

/** Something a model may call while it answers. */
export interface AnswerTool {
  readonly definition: ToolDefinition
  /** Calling it again would bring the same: it is not offered once it was called with this input. */
  isOnce(input: Readonly<Record<string, unknown>>): boolean
  call(input: Readonly<Record<string, unknown>>): Promise<ToolOutcome>
}

export interface ToolOutcome {
  /** For the model. */
  readonly content: string
  /** For readers of the answer: small, and without the documents' text in bulk. */
  readonly output: unknown
  /** Why it could not do what was asked, for the model and for readers. */
  readonly error?: string | null
}

export const noInput = { type: 'object', properties: {} } as const
