import type { Line } from './pdf-lines.ts'

/** Lines one below the other, as they were drawn. */
type Run = Line[]

/**
 * The order of reading. Pages are drawn in it as a rule, columns included; but a title, stamp or box that was added
 * last comes last. Such a run goes to where it stands, when there is room for it among the lines of its own column.
 */
export function orderLines(lines: readonly Line[]): Line[] {
  const placed: Run[] = []
  for (const run of splitRuns(lines)) {
    const column = placed.find((other) => fits(run, other))
    if (column === undefined) placed.push(run)
    else column.splice(placeIn(column, run), 0, ...run)
  }
  return placed.flat()
}

function splitRuns(lines: readonly Line[]): Run[] {
  const runs: Run[] = []
  let last: Line | undefined
  for (const line of lines) {
    if (last === undefined || line.y > last.y + Math.max(last.size, line.size) * 0.5) runs.push([])
    runs.at(-1)?.push(line)
    last = line
  }
  return runs
}

/** Below and above lines of its own column, with no line beside it. */
function fits(run: Run, column: Run): boolean {
  const [top, bottom] = [run[0]?.y ?? 0, run.at(-1)?.y ?? 0]
  if (column.some((line) => line.y <= top + line.size * 0.5 && line.y >= bottom - line.size * 0.5)) return false
  const [left, right] = [Math.min(...run.map((line) => line.left)), Math.max(...run.map((line) => line.right))]
  const neighbours = [column.findLast((line) => line.y > top), column.find((line) => line.y < bottom)]
  return neighbours.every((line) => line === undefined || (line.left < right && line.right > left))
}

function placeIn(column: Run, run: Run): number {
  const below = column.findIndex((line) => line.y < (run[0]?.y ?? 0))
  return below === -1 ? column.length : below
}
