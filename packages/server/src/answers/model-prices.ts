import type { ModelPrices } from '../config.ts'
import type { AnswerUsage } from './log/answer-event.ts'

export interface Cost {
  readonly amount: number
  readonly currency: string
}

/** What an answer cost; null when its model's price, or what it used, is not known. */
export function costOf(
  prices: ModelPrices,
  { model, usage }: { readonly model: string | null; readonly usage: AnswerUsage | null },
): Cost | null {
  if (model === null || usage === null || !Object.hasOwn(prices, model)) return null
  const price = prices[model]
  if (price === undefined) return null
  const amount = (usage.input_tokens * price.input + usage.output_tokens * price.output) / 1_000_000
  return { amount, currency: price.currency }
}
