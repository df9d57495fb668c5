import { localeOf } from '../ui/locale-of.ts'

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const

/** As people read sizes, in their language: `1.2 MB`. */
export function formatBytes(bytes: number, language: string): string {
  const step = bytes < 1_000 ? 0 : Math.min(Math.floor(Math.log10(bytes) / 3), units.length - 1)
  const unit = units[step] ?? 'byte'
  // Bytes have no short form with a plural: `74 byte`.
  const unitDisplay = step === 0 ? 'long' : 'short'
  const options = { style: 'unit', unit, unitDisplay, maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(localeOf(language), options).format(bytes / 1_000 ** step)
}
