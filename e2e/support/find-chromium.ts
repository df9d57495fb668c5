import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'

/** Debian's, when it is installed; else the one that came with the packages, unpacked once. */
export async function findChromium(): Promise<string> {
  const installed = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path))
  return installed ?? (await chromium.executablePath())
}
