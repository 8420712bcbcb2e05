/**
 * The sample log that the project ships, and what writes it.
 *
 * <p>The same seed gives the same bytes on every machine, so the log in {@code conf/sample} can be checked against its
 * generator. Used by nothing but people and the quickstart.
 */
@NullMarked
package io.tailrace.agent.sample;

import org.jspecify.annotations.NullMarked;
