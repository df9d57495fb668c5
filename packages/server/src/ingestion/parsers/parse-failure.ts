export type ParseFailureReason =
  | 'empty'
  | 'unsupported'
  | 'misnamed'
  | 'protected'
  | 'damaged'
  | 'no_text'
  | 'too_large'
  | 'time_out'
  | 'out_of_memory'
  | 'crashed'

/** Why a file gives no text, as a sentence for the person who uploaded it. */
export class ParseFailure extends Error {
  override readonly name = 'ParseFailure'
  readonly reason: ParseFailureReason

  constructor(reason: ParseFailureReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.reason = reason
  }
}
