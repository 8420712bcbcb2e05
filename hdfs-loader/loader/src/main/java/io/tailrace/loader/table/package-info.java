/**
 * What a table is: its files, the hours by which it is partitioned, the columns of an event, and where all of it lies below
 * {@code output.path}.
 *
 * <p>Values and pure functions. Knows neither brokers nor Hive, and opens no file.
 */
@NullMarked
package io.tailrace.loader.table;

import org.jspecify.annotations.NullMarked;
