import type { SegmentState } from '../../database/schema.ts'
import type { ProjectId, SegmentId } from '../../ids.ts'
import { ByteReader, ByteWriter } from '../packed-bytes.ts'

/**
 * The analyser whose terms a segment holds. Raise it when `analyseText` gives other terms than before: what is stored is
 * then indexed anew beside the old index, which is searched until the new one is whole.
 */
export const analyserVersion = 1

/** Raise it when `splitPassages` cuts otherwise than before: what is stored is then cut and indexed anew, likewise. */
export const passagesVersion = 2

/** A piece of a project's index, of one or many documents. It never changes, but for the marks of what was deleted. */
export interface Segment {
  readonly projectId: ProjectId
  readonly id: SegmentId
  /**
   * `building`: being written, seen by nobody. `visible`: searched. `next`: of an index that is being built beside the
   * visible one. `retired`: replaced, to be cleared away.
   */
  readonly state: SegmentState
  readonly version: number
  readonly passagesVersion: number
  /** Ordinals: passages when it was made, in the order of document id and number. */
  readonly size: number
  /** Passages and terms that are not deleted. */
  readonly passageCount: number
  readonly tokenCount: number
  /** Passages that are not deleted, by language. */
  readonly languages: Readonly<Record<string, number>>
  readonly gone: readonly OrdinalRange[]
}

/** What today's analyser made of passages as they are cut today. */
export function isCurrent(segment: Pick<Segment, 'version' | 'passagesVersion'>): boolean {
  return segment.version === analyserVersion && segment.passagesVersion === passagesVersion
}

export interface OrdinalRange {
  readonly start: number
  readonly count: number
}

/** What was deleted, in order: distance from the end of the range before, and length. */
export function encodeRanges(ranges: readonly OrdinalRange[]): Uint8Array {
  const writer = new ByteWriter()
  let last = 0
  for (const { start, count } of ranges.toSorted((a, b) => a.start - b.start)) {
    writer.writeNumber(start - last)
    writer.writeNumber(count)
    last = start + count
  }
  return writer.take()
}

export function decodeRanges(bytes: Uint8Array): OrdinalRange[] {
  const reader = new ByteReader(bytes)
  const ranges: OrdinalRange[] = []
  let last = 0
  while (!reader.isAtEnd) {
    const start = last + reader.readNumber()
    const count = reader.readNumber()
    ranges.push({ start, count })
    last = start + count
  }
  return ranges
}

export function encodeLengths(lengths: readonly number[]): Uint8Array {
  const writer = new ByteWriter()
  for (const length of lengths) writer.writeNumber(length)
  return writer.take()
}

/** Lengths of passages in terms, by ordinal: two bytes each, four where one is very long. */
export type PassageLengths = Uint16Array | Uint32Array

export function decodeLengths(bytes: Uint8Array, size: number): PassageLengths {
  const reader = new ByteReader(bytes)
  const lengths = new Uint32Array(size)
  let longest = 0
  for (let ordinal = 0; ordinal < size; ordinal++) {
    const length = reader.readNumber()
    lengths[ordinal] = length
    if (length > longest) longest = length
  }
  return longest < 2 ** 16 ? Uint16Array.from(lengths) : lengths
}
