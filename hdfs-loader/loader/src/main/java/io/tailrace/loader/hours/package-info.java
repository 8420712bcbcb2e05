/**
 * Complete hours: judges the hours of a topic, keeps their verdicts on disk, and marks the hours that are complete.
 *
 * <p>{@link io.tailrace.loader.hours.Completeness} does so after each load; {@link io.tailrace.loader.hours.HourVerdicts} can be read at
 * any time. {@code docs/format.md} draws verdicts and marks. What agents sent and what is loaded comes from
 * {@link io.tailrace.loader.audit}. One thread per topic.
 */
@NullMarked
package io.tailrace.loader.hours;

import org.jspecify.annotations.NullMarked;
