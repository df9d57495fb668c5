/** Events that one answer can have before its numbers would run into the next answer's: eight hours of one every 30 ms. */
const span = 1_000_000
/** Of a chat's first reply, which follows its question. */
const firstPosition = 2

function numbersBefore(replyPosition: number): number {
  return (replyPosition - firstPosition) * span
}

/**
 * The `id` of an event. Ids count on over all answers of a chat, so a reader that comes back to the chat and says only
 * where it was is understood, also when newer answers came meanwhile. A chat's first answer has the log's own numbers.
 */
export function toStreamNumber(replyPosition: number, number: number): number {
  return numbersBefore(replyPosition) + number
}

/** The place in the chat of the answer that an `id` belongs to. */
export function replyPositionOf(streamNumber: number): number {
  return Math.floor((streamNumber - 1) / span) + firstPosition
}

/** The number in the log of a named answer; who counts within the answer is understood too. */
export function toLogNumber(replyPosition: number, streamNumber: number): number {
  const before = numbersBefore(replyPosition)
  return streamNumber > before && streamNumber <= before + span ? streamNumber - before : streamNumber
}
