import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { cleanMemberName } from './member-name.ts'

export interface ArchiveLimits {
  readonly maxMembers: number
  /** Of everything unpacked. */
  readonly maxTotalBytes: number
  /** A larger member is skipped. */
  readonly maxMemberBytes: number
  /** Unpacked bytes for each packed one, of the whole archive. Text seldom passes 20, a table of equal rows 200. */
  readonly maxRatio: number
}

export interface ArchiveMember {
  /** Relative, with `/`: `reports/2024.pdf`; of an archive inside: `more.zip/notes.txt`. Never twice. */
  readonly name: string
  readonly size: number
  /** Where it is unpacked to. */
  readonly path: string
}

export interface SkippedMember {
  readonly name: string
  readonly reason: string
}

/** Below this nothing is taken for a bomb, however well it is packed. */
const harmlessBytes = 50_000_000

/** What one archive gives, and what it has used up of its limits; shared with the archives inside it. */
export class Unpacking {
  readonly skipped: SkippedMember[] = []
  readonly warnings: string[] = []
  readonly #members = new Map<string, ArchiveMember>()
  readonly #names = new Set<string>()
  readonly #folder: string
  readonly #limits: ArchiveLimits
  readonly #packedBytes: number
  #files = 0
  #seen = 0
  #totalBytes = 0

  constructor(folder: string, packedBytes: number, limits: ArchiveLimits) {
    this.#folder = folder
    this.#packedBytes = packedBytes
    this.#limits = limits
  }

  get maxMembers(): number {
    return this.#limits.maxMembers
  }

  /** By name: small ones are written side by side. */
  get members(): ArchiveMember[] {
    return [...this.#members.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The name under which to `write` a member; nothing when it is not taken, which is then noted. */
  accept(prefix: string, rawName: string, { size, problem }: { size?: number; problem?: string | undefined }) {
    // Members that are skipped count too: going through millions of them is work.
    if (++this.#seen > this.#limits.maxMembers) {
      throw new ParseFailure('too_large', `The archive holds more than ${this.#limits.maxMembers} files. Split it.`)
    }
    const clean = cleanMemberName(rawName)
    if (clean.type === 'clutter') return undefined
    const name = prefix + (clean.type === 'name' ? clean.name : rawName.slice(0, 200))
    const reason =
      clean.type === 'refused'
        ? clean.reason
        : (problem ?? ((size ?? 0) > this.#limits.maxMemberBytes ? this.#tooLarge() : undefined))
    if (reason === undefined) return name
    this.skip(name, reason)
    return undefined
  }

  skip(name: string, reason: string): void {
    this.skipped.push({ name: name.toWellFormed(), reason })
  }

  /** Unpacks a member; one that turns out too large, or breaks off, is skipped. */
  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<ArchiveMember | undefined> {
    // Numbered by us: no name of the archive's ever reaches the disk.
    const path = join(this.#folder, String(this.#files++))
    // In the order in which members come: whichever is written first, each is called the same every time.
    const unused = this.#takeUnusedName(name)
    let size = 0
    const counted = async function* (this: Unpacking): AsyncGenerator<Uint8Array> {
      for await (const chunk of content) {
        size += chunk.length
        this.#count(chunk.length)
        if (size > this.#limits.maxMemberBytes) throw new MemberProblem(this.#tooLarge())
        yield chunk
      }
    }
    try {
      await pipeline(counted.call(this), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
    } catch (error) {
      await rm(path, { force: true })
      if (error instanceof ParseFailure || isDiskProblem(error)) throw error
      this.skip(name, error instanceof MemberProblem ? error.message : 'It is damaged and cannot be unpacked.')
      return undefined
    }
    const member = { name: unused, size, path }
    this.#members.set(member.name, member)
    return member
  }

  /** Takes back a member that was an archive itself. */
  async remove(member: ArchiveMember): Promise<void> {
    this.#members.delete(member.name)
    await rm(member.path)
  }

  #count(bytes: number): void {
    this.#totalBytes += bytes
    const { maxTotalBytes, maxRatio } = this.#limits
    if (this.#totalBytes > maxTotalBytes) {
      const megabytes = Math.round(maxTotalBytes / 1_000_000)
      throw new ParseFailure('too_large', `The archive unpacks to more than ${megabytes} MB. Split it.`)
    }
    if (this.#totalBytes > Math.max(harmlessBytes, this.#packedBytes * maxRatio)) {
      throw new ParseFailure(
        'too_large',
        'The file unpacks to far more than its size allows: refused as a possible ZIP bomb.',
      )
    }
  }

  #tooLarge(): string {
    return `It is larger than ${Math.round(this.#limits.maxMemberBytes / 1_000_000)} MB.`
  }

  /** `notes (2).txt` for the second of a name. */
  #takeUnusedName(name: string): string {
    let unused = name
    for (let count = 2; this.#names.has(unused); count++) {
      unused = name.replace(/(\.[^./]*)?$/, (extension) => ` (${count})${extension}`)
    }
    this.#names.add(unused)
    return unused
  }
}

class MemberProblem extends Error {}

function isDiskProblem(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE', 'EDQUOT'].includes(String(error.code))
  )
}
