import { openParser, type ParseRequest } from './open-parser.ts'
import type { Parsed } from './parse-message.ts'

/** One file in a process of its own, which can read this file alone. For many, `openParser` keeps its processes. */
export async function parseFile({
  maxMemoryMb,
  ...request
}: ParseRequest & { readonly maxMemoryMb: number }): Promise<Parsed> {
  await using parser = openParser({ folders: [request.path], processes: 1, maxMemoryMb })
  return await parser.parse(request)
}
