import { writeDate } from '../../memory/analyse-message.ts'
import type { RecalledTurns } from '../../memory/recall-turns.ts'
import type { FoundMessage } from '../../memory/search-messages.ts'
import { charactersPerToken } from '../../models/approximate-tokens.ts'
import { withoutMarkers } from '../citations/cite-marker.ts'

/** Of one message; what stands beside a found one is only to understand it. */
const foundCharacters = 1_500
const besideCharacters = 400

/** Found turns as a model reads them: each with its date and with what was said just before and after it. */
export function describeTurns({ here, elsewhere }: RecalledTurns, maxTokens: number): string {
  const groups = [
    ...joinNeighbours(here).map((group) => ({ title: `Earlier in this conversation, ${dateOf(group)}`, group })),
    ...joinNeighbours(elsewhere).map((group) => ({
      title: `In another conversation of theirs, "${group[0]?.chatName ?? ''}", ${dateOf(group)}`,
      group,
    })),
  ]
  if (groups.length === 0) return 'Nothing like it was said before.'
  const texts: string[] = []
  let left = maxTokens * charactersPerToken
  for (const { title, group } of groups) {
    const text = `${title}:\n${writeGroup(group)}`
    if (text.length > left && texts.length > 0) break
    texts.push(text.slice(0, left))
    left -= text.length
  }
  return texts.join('\n\n')
}

function dateOf(group: readonly FoundMessage[]): string {
  return writeDate(group[0]?.createdAt ?? new Date(0).toISOString())
}

/** Found messages that stand side by side are one piece of conversation; the best piece first. */
function joinNeighbours(messages: readonly FoundMessage[]): FoundMessage[][] {
  const groups: FoundMessage[][] = []
  for (const message of messages) {
    const group = groups.find((one) =>
      one.some(({ chatId, position }) => chatId === message.chatId && Math.abs(position - message.position) <= 2),
    )
    if (group === undefined) groups.push([message])
    else group.push(message)
  }
  return groups
}

function writeGroup(group: readonly FoundMessage[]): string {
  const lines = new Map<number, string>()
  for (const { beside } of group) for (const turn of beside) lines.set(turn.position, writeTurn(turn, besideCharacters))
  for (const turn of group) lines.set(turn.position, writeTurn(turn, foundCharacters))
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([, line]) => line)
    .join('\n')
}

function writeTurn({ role, content }: Pick<FoundMessage, 'role' | 'content'>, limit: number): string {
  const text = role === 'user' ? content : withoutMarkers(content)
  const cut = text.length <= limit ? text : `${text.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '')}…`
  return `${role === 'user' ? 'User' : 'Assistant'}: ${cut}`
}
