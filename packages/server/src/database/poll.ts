import type { WakeUp } from './wake-up.ts'

/** With wake-ups a poll finds only what ran out or was lost; without, everything that other nodes took in. */
const connectedMs = 2_000
const aloneMs = 700
/** Nodes that were started together do not ask together. */
const spread = 0.3

/** Calls `ask` again and again until the returned function is called. */
export function poll(wakeUp: Pick<WakeUp, 'isConnected'>, ask: () => void): () => void {
  let timer: NodeJS.Timeout
  const schedule = () => {
    const everyMs = wakeUp.isConnected ? connectedMs : aloneMs
    timer = setTimeout(
      () => {
        ask()
        schedule()
      },
      everyMs * (1 - spread / 2 + spread * Math.random()),
    )
  }
  schedule()
  return () => clearTimeout(timer)
}
