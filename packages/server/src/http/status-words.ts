// Not imported: an import reads every name that the module offers, and one of them loads Undici, a tenth of a start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

/** "Not Found" for 404. */
export function statusWords(status: number | string): string {
  return STATUS_CODES[status] ?? String(status)
}
