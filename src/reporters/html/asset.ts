/** The program of the page and its looks, as the page holds them. */
export interface PageAsset {
  readonly script: string
  readonly style: string
  /** `'sha256-…'` of either, for the page's policy. */
  readonly scriptHash: string
  readonly styleHash: string
}

/** Put in by `scripts/build.mjs`, which makes them of `src/page`; in the sources there is nothing to be put in. */
export const asset: PageAsset = { script: '', style: '', scriptHash: "'none'", styleHash: "'none'" }
