/**
 * Which offsets a run loads: a pure function of what was loaded and of what the brokers have.
 *
 * <p>Knows no file, network, clock or thread.
 */
@NullMarked
package io.tailrace.loader.plan;

import org.jspecify.annotations.NullMarked;
