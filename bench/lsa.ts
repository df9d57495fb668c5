import { analyseText } from '../packages/server/src/retrieval/analysis/analyse-text.ts'
import { seededRandom } from './bench-data.ts'

/**
 * Latent semantic analysis: vectors learned from the corpus itself, by a randomised singular value decomposition with a
 * fixed seed. A stand-in for an embedding model that needs no weights: better than words on some corpora, much worse on
 * others, which is what a fusion has to bear.
 */
export interface Lsa {
  readonly dimensions: number
  embed(text: string): Float32Array
}

type SparseRow = readonly { readonly column: number; readonly weight: number }[]
/** Row after row. */
type Matrix = readonly Float64Array[]

const oversampling = 10
const powerIterations = 2

export function learnLsa(texts: readonly string[], dimensions = 128): Lsa {
  const vocabulary = new Map<string, { readonly column: number; documents: number }>()
  const counts = texts.map((text) => countTerms(text))
  for (const terms of counts) {
    for (const term of terms.keys()) {
      const entry = vocabulary.get(term) ?? { column: vocabulary.size, documents: 0 }
      entry.documents += 1
      vocabulary.set(term, entry)
    }
  }
  const weigh = (terms: ReadonlyMap<string, number>): SparseRow => {
    const row = [...terms].flatMap(([term, count]) => {
      const entry = vocabulary.get(term)
      if (entry === undefined) return []
      const rarity = Math.log(1 + texts.length / entry.documents)
      return [{ column: entry.column, weight: (1 + Math.log(count)) * rarity }]
    })
    const length = Math.sqrt(row.reduce((sum, { weight }) => sum + weight * weight, 0)) || 1
    return row.map(({ column, weight }) => ({ column, weight: weight / length }))
  }
  const rows = counts.map(weigh)
  const rank = Math.min(dimensions, texts.length)
  const directions = findDirections(rows, vocabulary.size, rank)
  return { dimensions: rank, embed: (text) => Float32Array.from(project(weigh(countTerms(text)), directions, rank)) }
}

function countTerms(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const term of analyseText(text, 'en')) counts.set(term, (counts.get(term) ?? 0) + 1)
  return counts
}

function project(row: SparseRow, directions: Matrix, rank: number): Float64Array {
  const sum = new Float64Array(rank)
  for (const { column, weight } of row) {
    const direction = directions[column]
    if (direction === undefined) continue
    for (let i = 0; i < rank; i++) sum[i] = (sum[i] ?? 0) + weight * (direction[i] ?? 0)
  }
  return sum
}

/** The right singular vectors of the rows: a row for each column. */
function findDirections(rows: readonly SparseRow[], columns: number, rank: number): Matrix {
  const random = seededRandom(1)
  const width = Math.min(rank + oversampling, rows.length)
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  let inColumns: Matrix = Array.from({ length: columns }, () => Float64Array.from({ length: width }, gaussian))
  let basis = orthonormal(rows.map((row) => project(row, inColumns, width)))
  for (let i = 0; i < powerIterations; i++) {
    inColumns = orthonormal(transposeTimes(rows, basis, columns, width))
    basis = orthonormal(rows.map((row) => project(row, inColumns, width)))
  }
  const small = transposeTimes(rows, basis, columns, width)
  const { values, vectors } = diagonalise(gram(small, width))
  const order = [...values.keys()].sort((a, b) => (values[b] ?? 0) - (values[a] ?? 0)).slice(0, rank)
  return small.map((row) =>
    Float64Array.from(order, (k) => {
      const length = Math.sqrt(Math.max(values[k] ?? 0, 1e-12))
      return row.reduce((sum, value, i) => sum + value * (vectors[i]?.[k] ?? 0), 0) / length
    }),
  )
}

function transposeTimes(rows: readonly SparseRow[], basis: Matrix, columns: number, width: number): Matrix {
  const result = Array.from({ length: columns }, () => new Float64Array(width))
  for (const [r, row] of rows.entries()) {
    const source = basis[r]
    for (const { column, weight } of row) {
      const target = result[column]
      if (source === undefined || target === undefined) continue
      for (let i = 0; i < width; i++) target[i] = (target[i] ?? 0) + weight * (source[i] ?? 0)
    }
  }
  return result
}

/** Gram-Schmidt over the columns, twice, which keeps them at right angles to the last digits. */
function orthonormal(matrix: Matrix): Matrix {
  const width = matrix[0]?.length ?? 0
  const columns = Array.from({ length: width }, (_, c) => Float64Array.from(matrix, (row) => row[c] ?? 0))
  for (const [c, column] of columns.entries()) {
    for (let pass = 0; pass < 2; pass++) {
      for (let p = 0; p < c; p++) {
        const before = columns[p] as Float64Array
        const share = dot(column, before)
        for (let i = 0; i < column.length; i++) column[i] = (column[i] ?? 0) - share * (before[i] ?? 0)
      }
    }
    const length = Math.sqrt(dot(column, column)) || 1
    for (let i = 0; i < column.length; i++) column[i] = (column[i] ?? 0) / length
  }
  return matrix.map((_, r) => Float64Array.from(columns, (column) => column[r] ?? 0))
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

function gram(matrix: Matrix, width: number): Float64Array[] {
  const result = Array.from({ length: width }, () => new Float64Array(width))
  for (const row of matrix) {
    for (let i = 0; i < width; i++) {
      const target = result[i] as Float64Array
      for (let j = 0; j < width; j++) target[j] = (target[j] ?? 0) + (row[i] ?? 0) * (row[j] ?? 0)
    }
  }
  return result
}

/** Jacobi's rotations: eigenvalues, and eigenvectors as columns. */
function diagonalise(matrix: Float64Array[]): { values: Float64Array; vectors: Matrix } {
  const size = matrix.length
  const vectors = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) => (i === j ? 1 : 0)),
  )
  for (let sweep = 0; sweep < 12; sweep++) {
    for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) rotate(matrix, vectors, p, q)
  }
  return { values: Float64Array.from(matrix, (row, i) => row[i] ?? 0), vectors }
}

function rotate(matrix: Float64Array[], vectors: Float64Array[], p: number, q: number): void {
  const at = (i: number, j: number) => matrix[i]?.[j] ?? 0
  if (Math.abs(at(p, q)) < 1e-14) return
  const angle = 0.5 * Math.atan2(2 * at(p, q), at(q, q) - at(p, p))
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  for (const row of [...matrix, ...vectors]) {
    const [one, other] = [row[p] ?? 0, row[q] ?? 0]
    row[p] = cos * one - sin * other
    row[q] = sin * one + cos * other
  }
  const [rowP, rowQ] = [matrix[p] as Float64Array, matrix[q] as Float64Array]
  for (let i = 0; i < rowP.length; i++) {
    const [one, other] = [rowP[i] ?? 0, rowQ[i] ?? 0]
    rowP[i] = cos * one - sin * other
    rowQ[i] = sin * one + cos * other
  }
}
