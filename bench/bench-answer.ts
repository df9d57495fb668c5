/** What the bench's model says: 200 tokens, of which only the first holds `firstWord`. */
export const firstWord = 'Alpha'
const words = 'the quick brown fox jumps over a lazy dog while seven small birds watch from above'.split(' ')

export const benchTokens: readonly string[] = Array.from({ length: 200 }, (_, index) =>
  index === 0 ? `${firstWord} ` : `${words[index % words.length]} `,
)
export const benchAnswer = benchTokens.join('')

/** Whoever asks for this model waits for ever. */
export const silentModel = 'silent'
export const benchModel = 'bench'
