export interface Ranked<T> {
  readonly item: T
  readonly score: number
}

/** Keeps the `limit` best of what it is shown; of equal scores the one shown first. */
export class Nearest<T> {
  readonly #limit: number
  readonly #best: Ranked<T>[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  /** What does not beat this need not be shown. */
  get threshold(): number {
    return this.#best.length < this.#limit ? Number.NEGATIVE_INFINITY : (this.#best.at(-1)?.score ?? 0)
  }

  add(item: T, score: number): void {
    if (score <= this.threshold) return
    let low = 0
    let high = this.#best.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#best[middle]?.score ?? 0) >= score) low = middle + 1
      else high = middle
    }
    this.#best.splice(low, 0, { item, score })
    if (this.#best.length > this.#limit) this.#best.pop()
  }

  take(): readonly Ranked<T>[] {
    return this.#best
  }
}
