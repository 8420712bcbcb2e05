/**
 * Runs the tasks of a run. An engine knows tasks and their results; it knows no plan, commit or table.
 */
@NullMarked
package io.tailrace.loader.engine;

import org.jspecify.annotations.NullMarked;
