import { readFile } from 'node:fs/promises'
import { packageFolder } from '../program-files.ts'

export type PromptName =
  | 'answer-with-tools'
  | 'answer-tree'
  | 'answer-from-passages'
  | 'condense-question'
  | 'continue-answer'
  | 'describe-project'
  | 'name-chat'

const folder = new URL('prompts/', packageFolder)
const loaded = new Map<PromptName, Promise<string>>()

/** A prompt of the `prompts` folder, read once, with the project's own instructions put after it. */
export async function loadPrompt(name: PromptName, instructions: string | null = null): Promise<string> {
  let text = loaded.get(name)
  if (text === undefined) {
    text = readFile(new URL(`${name}.md`, folder), 'utf8').then((content) => content.trim())
    loaded.set(name, text)
  }
  const prompt = await text
  const own = instructions?.trim() ?? ''
  return own === '' ? prompt : `${prompt}\n\nInstructions of this project:\n\n${own}`
}
