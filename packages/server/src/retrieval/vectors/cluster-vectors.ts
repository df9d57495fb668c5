import {
  openVectors,
  type PackedVectors,
  packVectors,
  similarity,
  toUnitLength,
  unpackVector,
} from './packed-vectors.ts'

const rounds = 8

/** Centres of `count` groups of the sample, by spherical k-means. The same sample gives the same centres. */
export function trainCentroids({
  sample,
  dimensions,
  count,
}: {
  sample: Uint8Array
  dimensions: number
  count: number
}): Uint8Array {
  const pack = openVectors(sample, dimensions)
  // The sample is in no order, so that its beginning is as good a choice as any.
  let centroids = Array.from({ length: Math.min(count, pack.count) }, (_, row) => unpackVector(pack, row))
  for (let round = 0; round < rounds; round++) centroids = moveCentroids(pack, centroids)
  return packVectors(centroids, dimensions)
}

function moveCentroids(pack: PackedVectors, centroids: readonly Float32Array[]): Float32Array[] {
  const sums = centroids.map((centroid) => new Float32Array(centroid.length))
  const sizes = new Uint32Array(centroids.length)
  for (let row = 0; row < pack.count; row++) {
    const nearest = nearestCentroid(pack, row, centroids)
    sizes[nearest] = (sizes[nearest] ?? 0) + 1
    addRow(sums[nearest] ?? new Float32Array(), pack, row)
  }
  // A centre that lost all its vectors starts again at one of the sample's.
  return sums.map((sum, i) => ((sizes[i] ?? 0) > 0 ? toUnitLength(sum) : unpackVector(pack, (i * 7919) % pack.count)))
}

function addRow(sum: Float32Array, { values, scales, dimensions }: PackedVectors, row: number): void {
  const scale = scales[row] ?? 0
  for (let i = 0; i < dimensions; i++) sum[i] = (sum[i] ?? 0) + (values[row * dimensions + i] ?? 0) * scale
}

function nearestCentroid(pack: PackedVectors, row: number, centroids: readonly Float32Array[]): number {
  let best = 0
  let bestScore = Number.NEGATIVE_INFINITY
  for (let i = 0; i < centroids.length; i++) {
    const score = similarity(pack, row, centroids[i] as Float32Array)
    if (score > bestScore) {
      best = i
      bestScore = score
    }
  }
  return best
}

/** The number of the nearest centre for every vector. */
export function assignVectors({
  vectors,
  centroids,
  dimensions,
}: {
  vectors: Uint8Array
  centroids: Uint8Array
  dimensions: number
}): Uint32Array {
  const pack = openVectors(vectors, dimensions)
  const centres = openVectors(centroids, dimensions)
  const units = Array.from({ length: centres.count }, (_, row) => unpackVector(centres, row))
  return Uint32Array.from({ length: pack.count }, (_, row) => nearestCentroid(pack, row, units))
}
