import { useState } from 'react'

/** How answers are to be made; null leaves it to the project. */
export interface AnswerOptions {
  readonly model: string | null
  readonly temperature: number | null
  readonly maxTokens: number | null
}

export const defaultOptions: AnswerOptions = { model: null, temperature: null, maxTokens: null }

/** Remembered per project, in this browser. */
export function useAnswerOptions(projectId: string): [AnswerOptions, (options: AnswerOptions) => void] {
  const [options, setOptions] = useState(() => readStored(projectId))
  return [
    options,
    (changed) => {
      setOptions(changed)
      localStorage.setItem(storageKey(projectId), JSON.stringify(changed))
    },
  ]
}

function storageKey(projectId: string): string {
  return `quory.answer-options.${projectId}`
}

function readStored(projectId: string): AnswerOptions {
  try {
    return { ...defaultOptions, ...JSON.parse(localStorage.getItem(storageKey(projectId)) ?? '{}') }
  } catch {
    return defaultOptions
  }
}
