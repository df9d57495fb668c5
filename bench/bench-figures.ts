import { cpus, totalmem } from 'node:os'
import { percentile } from './bench-data.ts'

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length / 2
  return Number.isInteger(middle) ? (at(sorted, middle - 1) + at(sorted, middle)) / 2 : at(sorted, Math.floor(middle))
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? Number.NaN
}

export function quantile(values: readonly number[], share: number): number {
  return percentile(
    values.toSorted((a, b) => a - b),
    share,
  )
}

/** `1.23 (1.10-1.40)`: the median of the rounds with their smallest and largest. */
export function spread(values: readonly number[], digits = 2): string {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  return `${median(values).toFixed(digits)} (${low.toFixed(digits)}-${high.toFixed(digits)})`
}

/** One line over every result: figures of different machines or days do not compare. */
export function describeMachine(): string {
  const date = new Date().toISOString().slice(0, 10)
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  return `${date}, Node ${process.version}, ${cpus().length} cores (${cpu?.model.trim()}), ${memory} GB`
}
