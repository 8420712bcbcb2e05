/**
 * Complete hours, proven by content: compares what agents say that they sent with what is in the tables, and marks the hours that are
 * complete.
 *
 * <p>{@link io.tailrace.loader.audit.HourAudit} compares and is pure; {@link io.tailrace.loader.audit.Completeness} writes verdicts and marks. The
 * comparison counts records and sums their content hashes, so that a lost record and a doubled one do not
 * make up for each other. Hours are those of event time.
 */
@NullMarked
package io.tailrace.loader.audit;

import org.jspecify.annotations.NullMarked;
