/** {@link wait} ends when the first one is done, however that ends. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED'
/** {@link wait} ends when the first one has failed, else when all are done. A cancelled one has not failed. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION'
/** {@link wait} ends when all are done. */
export const ALL_COMPLETED = 'ALL_COMPLETED'

/** What {@link wait} waits for. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED
