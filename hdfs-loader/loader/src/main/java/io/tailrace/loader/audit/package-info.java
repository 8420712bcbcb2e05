/**
 * Compares what agents report that they sent with what is in the tables, for each hour of event time and each host.
 *
 * <p>{@link io.tailrace.loader.audit.HourAudit} compares and is pure; the other types read the agents' reports and the sums in the
 * tables' files. The comparison counts records and sums their content hashes, so that a lost record and a doubled one do not make up for
 * each other. Writes nothing, and knows nothing of marks.
 */
@NullMarked
package io.tailrace.loader.audit;

import org.jspecify.annotations.NullMarked;
