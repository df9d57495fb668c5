/** Preloaded into a process: its clock is wrong by CLOCK_SHIFT_MS. */
const RealDate = Date
const shiftMs = Number(process.env.CLOCK_SHIFT_MS)

globalThis.Date = class extends RealDate {
  constructor(...values) {
    if (values.length === 0) super(RealDate.now() + shiftMs)
    else super(...values)
  }
  static now() {
    return RealDate.now() + shiftMs
  }
}
