import { stat } from 'node:fs/promises'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { archiveKindOf, readHead } from './archive-kind.ts'
import type { UnpackAnswer, UnpackOrder } from './unpack-archive.ts'
import { unpackFile } from './unpack-file.ts'
import { Unpacking } from './unpacking.ts'

/** The program of `unpackArchive`: one order, one answer. It ends when its parent goes away. */
process.on('message', (order: UnpackOrder) => {
  answer(order).then(
    (result) => process.send?.(result),
    // Nothing here can be handled: the parent reports that the process died, with what it wrote.
    (error: unknown) => {
      setImmediate(() => {
        throw error
      })
    },
  )
})

async function answer({ path, fileName, folder, limits }: UnpackOrder): Promise<UnpackAnswer> {
  try {
    const unpacking = new Unpacking(folder, (await stat(path)).size, limits)
    const isArchive = await unpackFile(unpacking, { path, fileName, prefix: '' })
    if (!isArchive) return { type: 'document' }
    await unpackInner(unpacking)
    const { members, skipped, warnings } = unpacking
    if (members.length === 0) throw nothingFound(skipped)
    return { type: 'unpacked', archive: { members, skipped, warnings } }
  } catch (error) {
    if (error instanceof ParseFailure) return { type: 'failed', reason: error.reason, message: error.message }
    throw error
  }
}

/** Archives inside are unpacked in their place, one level deep: those inside them again are skipped. */
async function unpackInner(unpacking: Unpacking): Promise<void> {
  const outer = unpacking.members
  for (const member of outer) {
    try {
      const file = { path: member.path, fileName: member.name, prefix: `${member.name}/` }
      if (!(await unpackFile(unpacking, file))) continue
    } catch (error) {
      // A limit is one of the whole; anything else is wrong with this one only.
      if (!(error instanceof ParseFailure) || error.reason === 'too_large') throw error
      unpacking.skip(member.name, error.message)
    }
    await unpacking.remove(member)
  }
  const known = new Set(outer)
  for (const member of unpacking.members) {
    if (known.has(member) || archiveKindOf(await readHead(member.path), member.name) === undefined) continue
    unpacking.skip(member.name, 'It is an archive in an archive in an archive, which is not unpacked.')
    await unpacking.remove(member)
  }
}

function nothingFound(skipped: Unpacking['skipped']): ParseFailure {
  const [first] = skipped
  if (first === undefined) return new ParseFailure('empty', 'The archive holds no files.')
  const isProtected = skipped.every(({ reason }) => reason.includes('password'))
  return isProtected
    ? new ParseFailure(
        'protected',
        'The archive is protected with a password. Remove the password and upload it again.',
      )
    : new ParseFailure('damaged', `The archive holds nothing that can be unpacked. ${first.name}: ${first.reason}`)
}
