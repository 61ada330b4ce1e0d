/** Rows, or numbers like them, one behind the other: as many as there come, without an object for each. */

import type { Row } from '../context/table.ts'

const none = new Int32Array(0)

export class RowList {
  #rows = none
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Empties it, and keeps the room. */
  clear(): void {
    this.#length = 0
  }

  push(row: Row): void {
    if (this.#length === this.#rows.length) {
      const grown = new Int32Array(Math.max(16, 2 * this.#length))
      grown.set(this.#rows)
      this.#rows = grown
    }
    this.#rows[this.#length++] = row
  }

  /** A copy. */
  rows(): Int32Array {
    return this.#rows.slice(0, this.#length)
  }
}
