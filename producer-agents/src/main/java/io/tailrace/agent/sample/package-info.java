/**
 * Generates the sample log that the project ships.
 *
 * <p>The same seed gives the same bytes on every machine, so the log in {@code conf/sample} can be checked against its
 * generator. The agent does not use it.
 */
@NullMarked
package io.tailrace.agent.sample;

import org.jspecify.annotations.NullMarked;
