/** The whole source has to wait, for the reason that is the cause. */
export class SyncWait extends Error {
  override readonly name = 'SyncWait'
  readonly ms: number

  constructor(ms: number, cause: Error) {
    super(cause.message, { cause })
    this.ms = ms
  }
}
