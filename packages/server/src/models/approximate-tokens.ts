/** Near enough for a budget in any language; the provider counts exactly. */
export const charactersPerToken = 4

/** Tokens of a text, approximated as a quarter of its characters. */
export function approximateTokens(text: string): number {
  return Math.ceil(text.length / charactersPerToken)
}
