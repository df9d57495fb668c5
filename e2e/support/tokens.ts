/** A model's text that goes out when the test says so. */
export interface Tokens extends AsyncIterable<string> {
  say(text: string): void
  end(): void
}

export function aStreamOfTokens(): Tokens {
  const waiting: string[] = []
  let isEnded = false
  let wake: () => void = () => undefined
  return {
    say(text) {
      waiting.push(text)
      wake()
    },
    end() {
      isEnded = true
      wake()
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const next = waiting.shift()
        if (next !== undefined) yield next
        else if (isEnded) return
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    },
  }
}
