import type { Frame } from './records.ts'

export interface AttemptText {
  readonly attempt: number
  readonly text: string
}

interface Data {
  readonly attempt?: number
  readonly content_chunk?: string
  readonly content?: string
}

/** What frames say, attempt by attempt, in the order shown. A snapshot gives the text so far at once. */
export function textOfAttempts(frames: readonly Frame[]): AttemptText[] {
  const texts: { attempt: number; text: string }[] = []
  for (const { event, data } of frames) {
    if (event === undefined || data === undefined) continue
    const { attempt, content_chunk: chunk, content }: Data = JSON.parse(data)
    const current = texts.at(-1)
    if (event === 'message_start' || event === 'message_restart') {
      if (current === undefined || current.attempt !== attempt) texts.push({ attempt: attempt ?? 0, text: '' })
    } else if (event === 'message_snapshot') {
      if (current !== undefined && current.attempt === attempt) current.text = content ?? ''
      else texts.push({ attempt: attempt ?? 0, text: content ?? '' })
    } else if (event === 'message_chunk') {
      if (current === undefined) texts.push({ attempt: 0, text: chunk ?? '' })
      else current.text += chunk ?? ''
    }
  }
  return texts
}

/** Numbers go on over a chat: each answer has a million of its own. */
export function firstOf(number: number): number {
  return number - ((number - 1) % 1_000_000)
}
