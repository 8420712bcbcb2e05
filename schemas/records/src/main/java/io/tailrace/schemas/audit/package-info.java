/**
 * Proves by content that records arrived: a hash of each record, and sums of hashes that do not depend on the order.
 *
 * <p>Agents sum the records that they send, the loader those that it writes. Two sums with the same count are equal if
 * the same records are in both; docs/format.md, "Content hash and sum", defines them. A record is hashed in its
 * canonical encoding, so that a row that was read back from a table and encoded again has the same hash.
 *
 * <p>Knows nothing of topics, windows, files or framing.
 */
@NullMarked
package io.tailrace.schemas.audit;

import org.jspecify.annotations.NullMarked;
